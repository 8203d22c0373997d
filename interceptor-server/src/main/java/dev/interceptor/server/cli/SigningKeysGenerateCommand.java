package dev.interceptor.server.cli;

import dev.interceptor.server.signing.SigningKeyFiles;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `signing-keys generate`: a new key file; its name is printed, never its content.
@Command(
    name = "generate",
    description = "Add a signing key; the newest signs once the server has read it.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor signing-keys generate --directory /etc/interceptor/keys"})
final class SigningKeysGenerateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin SigningDirectoryOption directory = new SigningDirectoryOption();
  @Spec CommandSpec spec;

  SigningKeysGenerateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var key = SigningKeyFiles.generate(directory.in(surroundings));
    spec.commandLine().getOut().println(key.kid());
    return InterceptorCommand.OK;
  }
}
