package dev.interceptor.core.decision.suite;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Charge;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.Explanation;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.policy.Period;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// The sessions and counters under one policy, as the running system would have them after some
/// calls. For one thread.
public final class PolicyWorld {
  private static final Optional<ApprovalId> AN_APPROVAL =
      Optional.of(new ApprovalId("00000000-0000-4000-8000-000000000000"));

  private final PolicyDecisionPoint decisions = new PolicyDecisionPoint();
  private final PolicySet policy;
  private final Map<SessionName, SessionState> sessions = new HashMap<>();
  private final Map<Counter, Long> used = new HashMap<>();

  private record SessionName(CustomerId customer, SessionId session) {
    static SessionName of(AskedCall asked) {
      return new SessionName(asked.principal().customer(), asked.session());
    }
  }

  private record Counter(CustomerId customer, String name) {}

  /// A world in which nothing has happened.
  public PolicyWorld(PolicySet policy) {
    this.policy = policy;
  }

  /// Decides the call. A permitted one leaves behind what it would in the running system.
  public Decision decide(AskedCall asked) {
    Decision decision = decisions.decide(request(asked), policy, session(asked), usage(asked));
    if (decision instanceof Decision.Permit permit) {
      SessionState after = permit.reserved();
      sessions.put(
          SessionName.of(asked), asked.upstreamFails() ? after : after.without(permit.removed()));
      permit.charges().forEach(charge -> charge(asked.principal().customer(), charge));
    }
    return decision;
  }

  /// Why the call would be decided as it would be; it leaves nothing behind.
  public Explanation explain(AskedCall asked) {
    return Explanation.of(request(asked), policy, session(asked), usage(asked));
  }

  /// The state of the call's session.
  public SessionState session(AskedCall asked) {
    return sessions.getOrDefault(SessionName.of(asked), SessionState.NEW);
  }

  /// Gives the call's session tags that no call of this world has added.
  public void carry(AskedCall asked, SortedSet<Label> tags) {
    SessionState before = session(asked);
    sessions.put(
        SessionName.of(asked),
        before.after(
            policy.digestHex(),
            tags,
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            before.position(),
            before.progress(),
            before.counters()));
  }

  private static DecisionRequest request(AskedCall asked) {
    return new DecisionRequest(
        asked.principal(),
        asked.session(),
        asked.call(),
        asked.context(),
        asked.approved() ? AN_APPROVAL : Optional.empty());
  }

  private Usage usage(AskedCall asked) {
    Map<String, Long> read = new HashMap<>();
    for (String name : policy.plan(asked.call().tool()).countersRead(asked.context().at())) {
      read.put(name, used.getOrDefault(new Counter(asked.principal().customer(), name), 0L));
    }
    return Usage.of(read);
  }

  private void charge(CustomerId customer, Charge charge) {
    if (charge.per() != Period.SESSION) {
      used.merge(new Counter(customer, charge.counter()), charge.amount(), Long::sum);
    }
  }
}
