package dev.interceptor.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `signing-keys generate`: the first key.
@Command(
    name = "generate",
    description = {"Make the first signing key; its name is printed, never its content."},
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor signing-keys generate --directory /etc/interceptor/keys"})
final class SigningKeysGenerateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON object")
  boolean json;

  @Mixin SigningKeysOption keys = new SigningKeysOption();
  @Spec CommandSpec spec;

  SigningKeysGenerateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return SigningKeysCommand.show(
        keys.directory(surroundings).generate(), json, spec.commandLine());
  }
}
