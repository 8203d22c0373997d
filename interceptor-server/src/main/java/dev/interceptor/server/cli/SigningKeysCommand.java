package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.signing.KeyChange;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `signing-keys`: the Ed25519 keys that sign tokens.
@Command(
    name = "signing-keys",
    description = "Generate, rotate, retire and list the keys that sign tokens.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor signing-keys rotate --directory /etc/interceptor/keys"})
final class SigningKeysCommand implements Runnable {
  @Spec CommandSpec spec;

  private SigningKeysCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new SigningKeysCommand())
        .addSubcommand(new SigningKeysGenerateCommand(surroundings))
        .addSubcommand(new SigningKeysRotateCommand(surroundings))
        .addSubcommand(new SigningKeysRetireCommand(surroundings))
        .addSubcommand(new SigningKeysListCommand(surroundings));
  }

  /// Prints the key's name, or why nothing was changed.
  static int show(KeyChange change, boolean json, CommandLine line) {
    return switch (change) {
      case KeyChange.Done(String kid) -> {
        line.getOut().println(json ? JsonNodeFactory.instance.objectNode().put("kid", kid) : kid);
        yield InterceptorCommand.OK;
      }
      case KeyChange.Refused(String why) -> {
        line.getErr().println("interceptor: " + why);
        yield InterceptorCommand.NO;
      }
    };
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
