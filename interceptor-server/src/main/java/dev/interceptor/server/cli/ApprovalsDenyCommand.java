package dev.interceptor.server.cli;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.Ruling;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `approvals deny`: ends a request, or an approval that no call has used yet.
@Command(
    name = "deny",
    description = "Deny a call that waits, or take back an approval that no call has used yet.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./interceptor approvals deny 0190a6c2-5b0e-7c1d-8f2e-3a4b5c6d7e8f --reason \"no\""
    })
final class ApprovalsDenyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "ID",
      converter = ApprovalsCommand.ToApprovalId.class,
      description = "the `approval_id` of the refused call")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ApprovalId id;

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "who decides")
  String by = "";

  @Option(names = "--reason", defaultValue = "", description = "for the record")
  String reason = "";

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ApprovalsDenyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Ruling ruling = ruling();
    return ApprovalsCommand.withApprovals(
        config,
        surroundings,
        (approvals, _) ->
            ApprovalsCommand.report(approvals.rule(id, ruling), id, spec.commandLine()));
  }

  private Ruling ruling() {
    try {
      return new Ruling.Deny(ApprovalsCommand.actor(by), reason);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
