package dev.interceptor.server.enforcement;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ResultAction;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.enforcement.Asked.Delivery;
import dev.interceptor.server.pinning.Definition;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.random.RandomGenerator;

/// Decides on the state of a session, and leaves there what a permit reserves. Nothing is on record
/// yet.
final class SessionDecisions {
  private static final String ONLY_THROUGH_US =
      "the policy inspects what this tool returns; the call has to go through the interceptor";

  private static final String CHANGED =
      "the tool is not what it was approved to be; an operator has to approve it again";
  private static final String AWAITING = "an operator has to approve the tool first";
  private static final String UNLISTED = "the tool server does not list this tool";

  private static final String NOT_OFFERED = "the request does not offer this tool";
  private static final String UNREADABLE =
      "the arguments are not one JSON object that every reader takes the same way";

  private final PolicyDecisionPoint decisions = new PolicyDecisionPoint();
  private final SessionStore sessions;
  private final Discretion discretion;
  private final FlowMetrics metrics;
  private final InstantSource clock;
  private final RandomGenerator random;

  SessionDecisions(
      SessionStore sessions,
      Discretion discretion,
      FlowMetrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    this.sessions = sessions;
    this.discretion = discretion;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
  }

  /// What was decided, stored in the session, and is still to be recorded.
  static final class Decided {
    private final Asked asked;
    private final ApprovalDesk.Claim claim;
    private final SessionStore.Reserved reserved;
    private final DecisionRecord row;

    private Decided(
        Asked asked, ApprovalDesk.Claim claim, SessionStore.Reserved reserved, DecisionRecord row) {
      this.asked = asked;
      this.claim = claim;
      this.reserved = reserved;
      this.row = row;
    }

    Asked asked() {
      return asked;
    }

    /// What it was decided with.
    ApprovalDesk.Claim claim() {
      return claim;
    }

    SessionStore.Reserved reserved() {
      return reserved;
    }

    /// As it is to be recorded.
    DecisionRecord row() {
      return row;
    }
  }

  /// @param claim the call's approval, if it has one
  Decided decide(Asked asked, ApprovalDesk.Claim claim) {
    PolicySet policy = asked.policy();
    DecisionRequest request = asked.request(claim.approval());
    SessionStore.Reserved reserved =
        reserved(
            asked,
            asked.plan().countersRead(asked.at()),
            (state, usage) -> deliverable(decisions.decide(request, policy, state, usage), asked));
    Decided decided = decided(asked, claim, reserved);
    metrics.decided(reserved.decision());
    return decided;
  }

  /// Takes a result into the session.
  ///
  /// @param labels what it brings
  /// @param known whether its call was released in this session, so that only the result is new
  /// @return empty if it changed nothing there
  Optional<Decided> observe(Asked asked, SortedSet<Label> labels, boolean known) {
    PolicySet policy = asked.policy();
    DecisionRequest request = asked.request(Optional.empty());
    SessionStore.Reserved reserved =
        reserved(
            asked,
            List.of(),
            (state, usage) -> decisions.observe(request, policy, state, labels, known));
    return reserved.leftATrace()
        ? Optional.of(decided(asked, ApprovalDesk.Claim.NONE, reserved))
        : Optional.empty();
  }

  private SessionStore.Reserved reserved(
      Asked asked, List<String> counters, SessionStore.Decider decider) {
    return metrics.time(
        Stage.DECIDE, () -> sessions.decide(asked.session(), asked.policy(), counters, decider));
  }

  private Decided decided(Asked asked, ApprovalDesk.Claim claim, SessionStore.Reserved reserved) {
    Optional<String> shown = discretion.shown(asked.call(), asked.plan().argumentsRead());
    return new Decided(
        asked, claim, reserved, asked.row(reserved, shown, TokenId.fresh(random), clock.instant()));
  }

  /// What stands against the call besides the policy: a definition of the tool that nobody has
  /// approved; a result that the policy withholds or redacts and that would not come through here.
  private static Decision deliverable(Decision decision, Asked asked) {
    if (decision instanceof Decision.Deny) {
      return decision;
    }
    return switch (asked.definition()) {
      case Definition.Changed _ -> denied(ReasonCode.TOOL_CHANGED, CHANGED);
      case Definition.Awaiting _ -> denied(ReasonCode.TOOL_CHANGED, AWAITING);
      case Definition.Unlisted _ -> denied(ReasonCode.TOOL_UNKNOWN, UNLISTED);
      case Definition.NotOffered _ -> denied(ReasonCode.TOOL_UNKNOWN, NOT_OFFERED);
      case Definition.Unreadable _ -> denied(ReasonCode.ARGUMENTS_INVALID, UNREADABLE);
      case Definition.Pinned _, Definition.Unreached _ -> inspectable(decision, asked);
      case Definition.ProtocolMethod _ ->
          asked.isExposed()
              ? inspectable(decision, asked)
              : denied(ReasonCode.TOOL_UNKNOWN, UNLISTED);
    };
  }

  private static Decision denied(ReasonCode reason, String message) {
    return new Decision.Deny(reason, List.of(), Optional.of(message));
  }

  private static Decision inspectable(Decision decision, Asked asked) {
    if (asked.delivery() != Delivery.PAST_US || !(decision instanceof Decision.Permit)) {
      return decision;
    }
    List<RuleId> unseen =
        asked.plan().resultRules().stream()
            .filter(rule -> !(rule.action() instanceof ResultAction.AddTaint))
            .map(ResultRule::id)
            .toList();
    return unseen.isEmpty()
        ? decision
        : new Decision.Deny(ReasonCode.RESULT_BLOCKED, unseen, Optional.of(ONLY_THROUGH_US));
  }
}
