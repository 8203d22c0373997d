package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ApprovalStore.Scope;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `approvals list`: what waits, newest first, never its arguments.
@Command(
    name = "list",
    description = "List the calls that wait for a person, and approvals that are not used yet.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor approvals list --json"})
final class ApprovalsListCommand implements Callable<Integer> {
  private static final String ROW = "%-36s  %-8s  %-16s  %-28s  %-20s  %s%n";

  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON array")
  boolean json;

  @Option(names = "--all", description = "also what was used, denied or has expired")
  boolean all;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ApprovalsListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return ApprovalsCommand.withApprovals(
        config,
        surroundings,
        (approvals, _) -> {
          print(approvals.list(all ? Scope.ALL : Scope.OPEN));
          return InterceptorCommand.OK;
        });
  }

  private void print(List<Approval> approvals) {
    var out = spec.commandLine().getOut();
    if (json) {
      var array = JsonNodeFactory.instance.arrayNode();
      approvals.forEach(approval -> array.add(approval.toJson()));
      out.println(array);
      return;
    }
    out.printf(ROW, "ID", "STATE", "CUSTOMER", "TOOL", "EXPIRES", "SESSION");
    for (Approval approval : approvals) {
      out.printf(
          ROW,
          approval.id(),
          approval.state().word(),
          approval.binding().session().customer(),
          approval.binding().tool().qualified(),
          Instant.ofEpochSecond(approval.times().expiresAt().getEpochSecond()),
          approval.binding().session().session());
    }
  }
}
