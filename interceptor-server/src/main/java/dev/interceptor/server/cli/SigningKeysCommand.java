package dev.interceptor.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `signing-keys`: the Ed25519 keys that sign tokens.
@Command(
    name = "signing-keys",
    description = "Generate and list the keys that sign tokens.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor signing-keys generate --directory /etc/interceptor/keys"})
final class SigningKeysCommand implements Runnable {
  @Spec CommandSpec spec;

  private SigningKeysCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new SigningKeysCommand())
        .addSubcommand(new SigningKeysGenerateCommand(surroundings))
        .addSubcommand(new SigningKeysListCommand(surroundings));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
