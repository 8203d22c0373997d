package dev.interceptor.server.cli;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.Ruling;
import dev.interceptor.server.approval.Ruling.Unseen;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `approvals approve`: lets exactly this call pass, once.
@Command(
    name = "approve",
    description = "Let exactly this call pass, once, within a time. Look at it first: show ID.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./interceptor approvals approve 0190a6c2-5b0e-7c1d-8f2e-3a4b5c6d7e8f --valid-for 5m"
    })
final class ApprovalsApproveCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "ID",
      converter = ApprovalsCommand.ToApprovalId.class,
      description = "the `approval_id` of the refused call")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ApprovalId id;

  @Option(
      names = "--valid-for",
      paramLabel = "TIME",
      converter = KeyOptions.ToDuration.class,
      description = "how long the call may take to come back (default: `approvals.valid-for`)")
  Optional<Duration> validFor = Optional.empty();

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "who decides")
  String by = "";

  @Option(
      names = "--unseen",
      description = "approve although the arguments are too long to be kept and shown")
  boolean unseen;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ApprovalsApproveCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return ApprovalsCommand.withApprovals(
        config,
        surroundings,
        (approvals, terms) ->
            ApprovalsCommand.report(
                approvals.rule(id, ruling(validFor.orElse(terms.validFor()))),
                id,
                spec.commandLine()));
  }

  private Ruling ruling(Duration time) {
    try {
      return new Ruling.Approve(
          ApprovalsCommand.actor(by), time, unseen ? Unseen.ACCEPT : Unseen.REFUSE);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
