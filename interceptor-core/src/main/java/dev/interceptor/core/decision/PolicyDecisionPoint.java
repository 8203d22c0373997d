package dev.interceptor.core.decision;

import dev.interceptor.core.policy.Action;
import dev.interceptor.core.policy.Effects;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.Rule;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.policy.Situation;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.policy.Truth;
import dev.interceptor.core.session.SessionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The policy decision point: a pure function of the request, the policy and the session's state
/// before the call.
///
/// Static rules decide first, then every taint rule about the tool is asked. One denial is enough,
/// whatever the order; the first one in the file gives the reason and the message. Deciding costs
/// the same however many calls the session has made.
public final class PolicyDecisionPoint {
  private static final List<RuleId> STATIC_ONLY = List.of(RuleId.STATIC);

  /// @throws IllegalStateException if the session's state follows another policy; the caller has to
  ///   replay the session's calls under this one first, see {@link SessionReplay}
  public Decision decide(DecisionRequest request, PolicySet policies, SessionState session) {
    if (session.version() != 0 && !session.policy().equals(policies.digestHex())) {
      throw new IllegalStateException("the session's state follows another policy; replay it");
    }
    ToolPlan plan = policies.plan(request.call().tool());
    return switch (plan.verdict()) {
      case UNLISTED -> new Decision.Deny(ReasonCode.TOOL_NOT_LISTED, List.of(), Optional.empty());
      case DENY -> new Decision.Deny(ReasonCode.TOOL_DENIED, STATIC_ONLY, Optional.empty());
      case ALLOW -> {
        var situation = new Situation(request.call(), plan, request.principal(), session);
        Optional<Decision> denial = denial(plan, situation);
        yield denial.isPresent() ? denial.get() : permit(policies, plan, situation, session);
      }
    };
  }

  private static Optional<Decision> denial(ToolPlan plan, Situation situation) {
    List<RuleId> denying = List.of();
    Optional<Decision.Deny> first = Optional.empty();
    for (Rule rule : plan.denying()) {
      Truth denies = rule.denies(situation);
      if (denies == Truth.FALSE) {
        continue;
      }
      if (first.isEmpty()) {
        denying = new ArrayList<>();
        first = Optional.of(new Decision.Deny(reason(rule, denies), List.of(), rule.error()));
      }
      denying.add(rule.id());
    }
    if (first.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Decision.Deny(first.get().reason(), denying, first.get().message()));
  }

  private static ReasonCode reason(Rule rule, Truth denies) {
    if (denies == Truth.FAULT) {
      return ReasonCode.EVALUATION_FAULT;
    }
    if (rule.action() instanceof Action.CheckTaint) {
      return ReasonCode.TAINTED;
    }
    return rule.followsSequence() ? ReasonCode.SEQUENCE_BLOCKED : ReasonCode.RULE_BLOCKED;
  }

  private static Decision permit(
      PolicySet policies, ToolPlan plan, Situation situation, SessionState session) {
    Effects effects = plan.effects(situation);
    SessionState reserved =
        Reservation.of(policies, plan, session, effects.added(), effects.removed());
    return new Decision.Permit(effects.determining(), effects.added(), effects.removed(), reserved);
  }
}
