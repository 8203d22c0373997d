package dev.interceptor.server.cli;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ShownArguments;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `approvals show`: everything that an approver has to see, the arguments too.
@Command(
    name = "show",
    description = {
      "Show one call that waits for a person, with its arguments.",
      "Characters that a reader would not see are shown as \\uXXXX."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor approvals show 0190a6c2-5b0e-7c1d-8f2e-3a4b5c6d7e8f"})
final class ApprovalsShowCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "ID",
      converter = ApprovalsCommand.ToApprovalId.class,
      description = "the `approval_id` of the refused call")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ApprovalId id;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ApprovalsShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return ApprovalsCommand.withApprovals(
        config,
        surroundings,
        (approvals, _) -> {
          Optional<Approval> found = approvals.find(id);
          if (found.isEmpty()) {
            return ApprovalsCommand.refused(spec.commandLine(), "there is no approval " + id);
          }
          print(found.get());
          return InterceptorCommand.OK;
        });
  }

  private void print(Approval approval) {
    row("id", approval.id());
    row("state", approval.state().word());
    row("customer", approval.binding().session().customer());
    row("session", approval.binding().session().session());
    row("key", approval.demand().key());
    row("tool", approval.binding().tool().qualified());
    row("classes", words(approval.demand().classes()));
    row("taints", words(approval.demand().labels()));
    row("rules", words(approval.demand().rules()));
    approval.demand().message().ifPresent(message -> row("message", message));
    row(
        "requested",
        approval.times().requestedAt() + ", " + approval.times().timesAsked() + " times");
    row("expires", approval.times().expiresAt());
    approval
        .said()
        .ifPresent(said -> row("decided", said.at() + " by " + said.by() + " " + said.reason()));
    row("digest", approval.binding().arguments());
    row("arguments", arguments(approval.demand().arguments()));
  }

  private static String arguments(ShownArguments arguments) {
    return arguments
        .visibly()
        .orElse("not kept (" + arguments.bytes() + " bytes); the digest is all there is");
  }

  private static String words(Collection<?> values) {
    return values.isEmpty()
        ? "-"
        : values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private void row(String name, Object value) {
    spec.commandLine().getOut().printf("%-10s %s%n", name, value);
  }
}
