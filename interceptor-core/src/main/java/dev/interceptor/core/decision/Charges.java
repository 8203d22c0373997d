package dev.interceptor.core.decision;

import dev.interceptor.core.policy.Limit;
import dev.interceptor.core.policy.Period;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What one call would use up of the limits that it falls under, and which of them it would exceed.
/// POLICY §6.
final class Charges {
  static final Charges NONE = new Charges(List.of(), List.of());

  /// A limit that stands against the call.
  private record Refused(Limit limit, ReasonCode reason) {}

  private final List<Charge> all;
  private final List<Refused> refused;

  private Charges(List<Charge> all, List<Refused> refused) {
    this.all = all;
    this.refused = refused;
  }

  static Charges of(DecisionRequest request, ToolPlan plan, SessionState session, Usage usage) {
    List<Limit> limits = plan.limits();
    if (limits.isEmpty()) {
      return NONE;
    }
    List<Charge> all = new ArrayList<>(limits.size());
    List<Refused> refused = new ArrayList<>();
    Instant at = request.context().at();
    for (Limit limit : limits) {
      OptionalLong amount = limit.amount(request.call().arguments());
      if (amount.isEmpty()) {
        refused.add(new Refused(limit, ReasonCode.EVALUATION_FAULT));
        continue;
      }
      String counter = limit.counter(at);
      if (isExceeded(limit, amount.getAsLong(), used(limit, counter, session, usage))) {
        refused.add(new Refused(limit, ReasonCode.LIMIT_EXCEEDED));
      }
      add(all, new Charge(counter, limit.per(), amount.getAsLong(), limit.max()));
    }
    return new Charges(all, refused);
  }

  static long used(Limit limit, String counter, SessionState session, Usage usage) {
    return limit.per() == Period.SESSION ? session.used(counter) : usage.used(counter);
  }

  static boolean isExceeded(Limit limit, long amount, long used) {
    return amount > limit.max() - used;
  }

  /// Two limits on the same thing are one charge, under the lower of the two.
  private static void add(List<Charge> all, Charge charge) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).counter().equals(charge.counter())) {
        if (charge.max() < all.get(i).max()) {
          all.set(i, charge);
        }
        return;
      }
    }
    all.add(charge);
  }

  void addTo(Denials denials) {
    for (Refused refusal : refused) {
      denials.add(refusal.reason(), refusal.limit().id(), refusal.limit().error());
    }
  }

  List<Charge> all() {
    return all;
  }

  /// The session's counters after the call.
  Map<String, Long> countersAfter(PolicySet policies, SessionState session) {
    Map<String, Long> counters = session.counters();
    boolean charged = all.stream().anyMatch(charge -> charge.per() == Period.SESSION);
    if (!charged && !policies.countsCalls()) {
      return counters;
    }
    Map<String, Long> after = new HashMap<>(counters);
    if (policies.countsCalls()) {
      after.merge(SessionState.CALLS, 1L, Long::sum);
    }
    for (Charge charge : all) {
      if (charge.per() == Period.SESSION) {
        after.merge(charge.counter(), charge.amount(), Long::sum);
      }
    }
    return after;
  }
}
