package dev.interceptor.core.decision;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.RuleReading;
import dev.interceptor.core.policy.Situation;
import dev.interceptor.core.policy.StaticEntry;
import dev.interceptor.core.policy.StaticVerdict;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.core.tool.ToolClass;
import java.util.List;
import java.util.SortedSet;

/// Why a call is decided as it is: the decision, and what every part of the policy says about the
/// call. The parts are asked with the code that decides; there is no second evaluation.
///
/// @param verdict of the static rules together
/// @param classes the tool's
/// @param entries the static rules that cover the tool
/// @param limits in file order; empty if the static rules end the matter
/// @param rules in file order; empty if the static rules end the matter
public record Explanation(
    Decision decision,
    StaticVerdict verdict,
    SortedSet<ToolClass> classes,
    List<StaticEntry> entries,
    List<LimitReading> limits,
    List<RuleReading> rules) {
  public Explanation {
    entries = List.copyOf(entries);
    limits = List.copyOf(limits);
    rules = List.copyOf(rules);
  }

  /// As {@link PolicyDecisionPoint#decide}, with the reasons.
  public static Explanation of(
      DecisionRequest request, PolicySet policies, SessionState session, Usage usage) {
    Decision decision = new PolicyDecisionPoint().decide(request, policies, session, usage);
    ToolPlan plan = policies.plan(request.call().tool());
    boolean asked = policies.mayEverPermit(request.call().tool());
    var situation =
        new Situation(request.call(), plan, request.principal(), session, request.context());
    return new Explanation(
        decision,
        plan.verdict(),
        plan.classes(),
        policies.staticEntries(request.call().tool()),
        asked
            ? policies.limits().stream()
                .map(limit -> LimitReading.of(limit, request, plan, session, usage))
                .toList()
            : List.of(),
        asked ? policies.readings(situation) : List.of());
  }
}
