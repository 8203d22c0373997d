package dev.interceptor.core.decision;

import dev.interceptor.core.policy.Action;
import dev.interceptor.core.policy.Effects;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.Rule;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.policy.Situation;
import dev.interceptor.core.policy.StaticVerdict;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.policy.Truth;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.SortedNames;
import dev.interceptor.core.session.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The policy decision point: a pure function of the request, the policy, the session's state
/// before the call, and what the customer has used up of limits.
///
/// Static rules decide first, then every limit and every taint rule about the tool is asked. One
/// denial is enough, whatever the order; the first one gives the reason and the message. Deciding
/// costs the same however many calls the session has made.
public final class PolicyDecisionPoint {
  private static final List<RuleId> STATIC_ONLY = List.of(RuleId.STATIC);

  /// As the other one, for a call that is charged to no period of time.
  ///
  /// @throws IllegalStateException also if the call is charged to one
  public Decision decide(DecisionRequest request, PolicySet policies, SessionState session) {
    return decide(request, policies, session, Usage.NOT_READ);
  }

  /// @param usage the counters that {@link ToolPlan#countersRead} names
  /// @throws IllegalStateException if the session's state follows another policy: the caller has to
  ///   replay the session's calls under this one first, see {@link SessionReplay}; or if a counter
  ///   was not read
  public Decision decide(
      DecisionRequest request, PolicySet policies, SessionState session, Usage usage) {
    if (session.version() != 0 && !session.policy().equals(policies.digestHex())) {
      throw new IllegalStateException("the session's state follows another policy; replay it");
    }
    ToolPlan plan = policies.plan(request.call().tool());
    return switch (plan.verdict()) {
      case UNLISTED -> new Decision.Deny(ReasonCode.TOOL_NOT_LISTED, List.of(), Optional.empty());
      case DENY -> new Decision.Deny(ReasonCode.TOOL_DENIED, STATIC_ONLY, Optional.empty());
      case ALLOW, REQUIRE_APPROVAL -> listed(request, policies, plan, session, usage);
    };
  }

  /// What a tool's result leaves in a session that learns of it from its client: the call has
  /// happened, so it is not asked whether it may. It charges no limit and removes no tag.
  ///
  /// @param found tags that the result brings
  /// @param known whether the call was decided in this session, so that only its result is new
  /// @throws IllegalStateException if the session's state follows another policy
  public Decision.Permit observe(
      DecisionRequest request,
      PolicySet policies,
      SessionState session,
      SortedSet<Label> found,
      boolean known) {
    if (session.version() != 0 && !session.policy().equals(policies.digestHex())) {
      throw new IllegalStateException("the session's state follows another policy; replay it");
    }
    ToolPlan plan = policies.plan(request.call().tool());
    var situation =
        new Situation(request.call(), plan, request.principal(), session, request.context());
    SortedSet<Label> added =
        known ? found : SortedNames.union(plan.effects(situation).added(), found);
    SessionState after =
        Reservation.of(
            policies,
            plan,
            session,
            added,
            Collections.emptySortedSet(),
            Charges.NONE.countersAfter(policies, session));
    return new Decision.Permit(
        List.of(), added, Collections.emptySortedSet(), List.of(), Optional.empty(), after);
  }

  private static Decision listed(
      DecisionRequest request,
      PolicySet policies,
      ToolPlan plan,
      SessionState session,
      Usage usage) {
    var situation =
        new Situation(request.call(), plan, request.principal(), session, request.context());
    Charges charges = Charges.of(request, plan, session, usage);
    Denials denials = new Denials();
    charges.addTo(denials);
    for (Rule rule : plan.denying()) {
      Truth denies = rule.denies(situation);
      if (denies == Truth.FAULT) {
        denials.add(ReasonCode.EVALUATION_FAULT, rule.id(), rule.error());
      } else if (denies == Truth.TRUE) {
        switch (rule.action()) {
          case Action.RequireApproval approval -> denials.addApproval(rule.id(), rule.error());
          case Action.CheckTaint check -> denials.add(ReasonCode.TAINTED, rule.id(), rule.error());
          case Action.Block block -> denials.add(blocked(rule), rule.id(), rule.error());
          case Action.AddTaint add -> throw new IllegalStateException("never denies");
          case Action.RemoveTaint remove -> throw new IllegalStateException("never denies");
        }
      }
    }
    if (plan.verdict() == StaticVerdict.REQUIRE_APPROVAL) {
      denials.addApproval(RuleId.STATIC, Optional.empty());
    }
    return denials
        .outcome(request.approval())
        .orElseGet(() ->
            permit(request, policies, plan, situation, session, charges, denials.approving()));
  }

  private static ReasonCode blocked(Rule rule) {
    return rule.followsSequence() ? ReasonCode.SEQUENCE_BLOCKED : ReasonCode.RULE_BLOCKED;
  }

  private static Decision permit(
      DecisionRequest request,
      PolicySet policies,
      ToolPlan plan,
      Situation situation,
      SessionState session,
      Charges charges,
      List<RuleId> approving) {
    Effects effects = plan.effects(situation);
    SessionState reserved =
        Reservation.of(
            policies,
            plan,
            session,
            effects.added(),
            effects.removed(),
            charges.countersAfter(policies, session));
    return new Decision.Permit(
        approving.isEmpty() ? effects.determining() : joined(effects.determining(), approving),
        effects.added(),
        effects.removed(),
        charges.all(),
        approving.isEmpty() ? Optional.empty() : request.approval(),
        reserved);
  }

  private static List<RuleId> joined(List<RuleId> effects, List<RuleId> approving) {
    List<RuleId> all = new ArrayList<>(effects);
    approving.stream().filter(id -> !all.contains(id)).forEach(all::add);
    return all;
  }
}
