package dev.interceptor.server.cli;

import dev.interceptor.server.policy.PolicyChange;
import dev.interceptor.server.policy.PolicyRollback;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `policy rollback`: an old text as a new version.
@Command(
    name = "rollback",
    description = {
      "Put the text of an old version in force again. It becomes a new version:",
      "the list of versions shows what was in force when."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor policy rollback default --to 3"})
final class PolicyRollbackCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "NAME", description = "the policy's name")
  String name = "";

  @Option(names = "--to", paramLabel = "N", required = true, description = "an older version")
  int to;

  @Option(names = "--note", defaultValue = "", description = "why (default: back to version N)")
  String note = "";

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  PolicyRollbackCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var report = new PolicyReport(spec.commandLine());
    var change =
        new PolicyChange(PolicyCommand.actor(), note.isEmpty() ? "back to version " + to : note);
    return PolicyCommand.withVersions(
        config,
        surroundings,
        versions ->
            switch (PolicyRollback.to(versions, name, to, change)) {
              case PolicyRollback.NoSuchVersion _ ->
                  report.refused("`" + name + "` has no version " + to);
              case PolicyRollback.Unreadable bad -> report.refused(bad.problems());
              case PolicyRollback.Done done -> report.applied(done.applied());
            });
  }
}
