package dev.interceptor.server.session;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionState;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the log tells of a session and what the store still knows of it, together: nothing that
/// either has is left out, but of the progress of sequences, which cannot be joined.
final class JoinedState {
  private JoinedState() {}

  /// The state under a version that neither has had.
  static SessionState of(PolicySet policies, SessionState told, SessionState known) {
    SessionState further = isAhead(policies, told, known) ? known : told;
    return new SessionState(
        Math.max(told.version(), known.version()) + 1,
        policies.digest().hex(),
        further.position(),
        union(told.labels(), known.labels()),
        union(told.tools(), known.tools()),
        union(told.classes(), known.classes()),
        further.progress(),
        larger(told.counters(), known.counters()));
  }

  /// Whether the join forgets nothing that is known.
  static boolean keepsAll(PolicySet policies, SessionState told, SessionState known) {
    return !policies.followsSequences() || isAhead(policies, told, known);
  }

  /// Whether the progress of sequences that is known is that of this policy, and no older than what
  /// the log tells.
  private static boolean isAhead(PolicySet policies, SessionState told, SessionState known) {
    return known.policy().equals(policies.digest().hex()) && known.version() >= told.version();
  }

  private static Map<String, Long> larger(Map<String, Long> some, Map<String, Long> others) {
    Map<String, Long> all = new HashMap<>(some);
    others.forEach((counter, used) -> all.merge(counter, used, Math::max));
    return all;
  }

  private static <T extends Comparable<T>> SortedSet<T> union(
      Collection<T> some, Collection<T> others) {
    var all = new TreeSet<T>(some);
    all.addAll(others);
    return all;
  }
}
