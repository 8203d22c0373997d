package dev.interceptor.server.cli;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.identity.ApiKey;
import dev.interceptor.server.identity.ApiKeyStore;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `keys`: the API keys of all customers.
@Command(
    name = "keys",
    description = "Create, list, revoke and rotate API keys.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor keys create --customer acme --label ci"})
final class KeysCommand implements Runnable {
  @Spec CommandSpec spec;

  private KeysCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new KeysCommand())
        .addSubcommand(new KeysCreateCommand(surroundings))
        .addSubcommand(new KeysListCommand(surroundings))
        .addSubcommand(new KeysRevokeCommand(surroundings))
        .addSubcommand(new KeysRotateCommand(surroundings));
  }

  /// Runs the work on the configured database's keys and closes the connections again.
  static int withKeys(
      ConfigOption config, Surroundings surroundings, ToIntFunction<ApiKeyStore> work) {
    try (var database = Database.open(config.loadDatabase(surroundings))) {
      database.requireKnownSchema();
      return work.applyAsInt(ApiKeyStore.postgres(database, InstantSource.system()));
    }
  }

  /// The one time that a new key is shown: itself on standard output, the warning beside it.
  static void show(ApiKey key, CommandLine line) {
    line.getOut().println(new String(key.insecureBytes(), StandardCharsets.US_ASCII));
    line.getOut().flush();
    line.getErr().println("This is the only time that the key is shown; its id is " + key.id());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
