package dev.interceptor.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `signing-keys rotate`: a new key signs, the old one only verifies.
@Command(
    name = "rotate",
    description = {
      "Make a new key that signs from now on, on every instance, without a restart. Its name is printed. The old private key is deleted; its public key stays published until its last token has expired."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor signing-keys rotate"})
final class SigningKeysRotateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON object")
  boolean json;

  @Mixin SigningKeysOption keys = new SigningKeysOption();
  @Spec CommandSpec spec;

  SigningKeysRotateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return SigningKeysCommand.show(keys.directory(surroundings).rotate(), json, spec.commandLine());
  }
}
