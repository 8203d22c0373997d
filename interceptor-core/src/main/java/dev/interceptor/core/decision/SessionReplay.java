package dev.interceptor.core.decision;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.session.SessionState;
import java.util.List;

/// Rebuilds a session's state from the decision log: after the state was lost, or when the policy
/// has changed.
///
/// Tags, tools and classes are taken as they were recorded. The progress of sequences is worked out
/// anew under the given policy, from the recorded tools and classes.
public final class SessionReplay {
  private SessionReplay() {}

  /// @param calls the session's permitted calls in the order of their versions. A removal counts
  ///   right after its own call; if in truth it came after another call had added the tag, the
  ///   rebuilt state keeps that tag
  /// @return a state that is equal to the live one if the calls did not overlap; its version is
  ///   never below one that the log has seen
  public static SessionState replay(PolicySet policies, List<PastCall> calls) {
    SessionState state = SessionState.NEW;
    for (PastCall call : calls) {
      var plan = policies.planWith(call.tool(), call.classes());
      state = Reservation.of(policies, plan, state, call.added(), call.removed());
      state = atLeast(call.sessionVersion(), state).without(call.removed());
    }
    return state;
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
            state.progress());
  }
}
