package dev.interceptor.core.decision;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.Progress;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import java.util.Map;
import java.util.SortedSet;

/// What a permitted call leaves in the session before it is sent.
final class Reservation {
  private Reservation() {}

  /// A call that adds or removes tags always makes a new version, even if the session carries its
  /// tags already: a removal takes effect only if nothing happened since it was reserved.
  ///
  /// @return `session` itself if the call leaves nothing new and has nothing to do with tags
  static SessionState of(
      PolicySet policies,
      ToolPlan plan,
      SessionState session,
      SortedSet<Label> added,
      SortedSet<Label> removed,
      Map<String, Long> counters) {
    Progress progress = policies.progressAfter(plan, session);
    SessionState next =
        session.after(
            policies.digestHex(),
            added,
            plan.recordedNames(),
            plan.classes(),
            progress.position(),
            progress.bySequence(),
            counters);
    boolean aboutTags = !added.isEmpty() || !removed.isEmpty();
    return aboutTags && next.version() == session.version() ? session.marked(added) : next;
  }
}
