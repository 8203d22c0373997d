package dev.interceptor.server.cli;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.policy.PolicyVersions;
import java.time.InstantSource;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `policy`: what authors and operators do with policies.
@Command(
    name = "policy",
    description = {
      "Write policies (lint, test, explain), and put them in force in the database",
      "(apply, list, show, rollback)."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example: ./interceptor policy apply policies/default.yaml --note \"first\""})
final class PolicyCommand implements Runnable {
  @Spec CommandSpec spec;

  private PolicyCommand() {}

  static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new PolicyCommand())
        .addSubcommand(new PolicyLintCommand())
        .addSubcommand(new PolicyTestCommand(surroundings))
        .addSubcommand(new PolicyExplainCommand(surroundings))
        .addSubcommand(new PolicyApplyCommand(surroundings))
        .addSubcommand(new PolicyListCommand(surroundings))
        .addSubcommand(new PolicyShowCommand(surroundings))
        .addSubcommand(new PolicyRollbackCommand(surroundings));
  }

  /// Runs the work on the configured database's policies.
  static int withVersions(
      ConfigOption config, Surroundings surroundings, ToIntFunction<PolicyVersions> work) {
    try (var database = Database.open(config.loadDatabase(surroundings))) {
      database.requireKnownSchema();
      return work.applyAsInt(PolicyVersions.postgres(database, InstantSource.system()));
    }
  }

  /// Who acts, for the record: the account of this machine.
  static String actor() {
    return "cli " + System.getProperty("user.name", "unknown");
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
