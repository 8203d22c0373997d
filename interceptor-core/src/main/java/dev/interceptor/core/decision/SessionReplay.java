package dev.interceptor.core.decision;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.session.SessionState;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Rebuilds a session's state from the decision log: after the state was lost, or when the policy
/// has changed.
///
/// Tags, tools and classes are taken as they were recorded. The progress of sequences is worked out
/// anew under the given policy, from the recorded tools and classes.
public final class SessionReplay {
  private SessionReplay() {}

  /// @param past a removal counts right after its own call; if in truth it came after another call
  ///   had added the tag, the rebuilt state keeps that tag
  /// @return a state that is equal to the live one if the calls did not overlap; its version is
  ///   never below one that the log has seen
  public static SessionState replay(PolicySet policies, SessionPast past) {
    SessionState state = SessionState.NEW;
    Map<String, Long> counters = counters(policies, past);
    Deque<PastCall> results = results(past);
    for (PastCall call : past.calls()) {
      state = withResults(state, results, call.sessionVersion());
      var plan = policies.planWith(call.tool(), call.classes());
      state = Reservation.of(policies, plan, state, call.added(), call.removed(), counters);
      state = atLeast(call.sessionVersion(), state).without(call.removed());
    }
    return withResults(state, results, Long.MAX_VALUE);
  }

  /// The calls whose results brought tags, in the order in which they did.
  private static Deque<PastCall> results(SessionPast past) {
    return past.calls().stream()
        .filter(call -> !call.found().isEmpty())
        .sorted(Comparator.comparingLong(PastCall::foundVersion))
        .collect(Collectors.toCollection(ArrayDeque::new));
  }

  /// Adds what results brought up to a version. Their place is their own and not their call's: a
  /// sanitizer that ran in between has not taken these tags away.
  private static SessionState withResults(SessionState before, Deque<PastCall> results, long upTo) {
    SessionState state = before;
    while (!results.isEmpty() && results.getFirst().foundVersion() <= upTo) {
      PastCall call = results.removeFirst();
      state = atLeast(call.foundVersion(), state.marked(call.found()));
    }
    return state;
  }

  private static Map<String, Long> counters(PolicySet policies, SessionPast past) {
    if (policies.countsCalls() || !past.counters().containsKey(SessionState.CALLS)) {
      return past.counters();
    }
    Map<String, Long> counters = new HashMap<>(past.counters());
    counters.remove(SessionState.CALLS);
    return counters;
  }

  private static SessionState atLeast(long version, SessionState state) {
    return version <= state.version()
        ? state
        : new SessionState(
            version,
            state.policy(),
            state.position(),
            state.labels(),
            state.tools(),
            state.classes(),
            state.progress(),
            state.counters());
  }
}
