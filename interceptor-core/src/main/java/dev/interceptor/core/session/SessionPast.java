package dev.interceptor.core.session;

import java.util.List;
import java.util.Map;

/// What the decision log knows of a session as it lives now.
///
/// @param calls its permitted calls in the order of their versions
/// @param counters what those calls used up of limits per session, by counter, and the number of
///   calls under {@link SessionState#CALLS}
public record SessionPast(List<PastCall> calls, Map<String, Long> counters) {
  public static final SessionPast NONE = new SessionPast(List.of(), Map.of());

  public SessionPast {
    calls = List.copyOf(calls);
    counters = Map.copyOf(counters);
  }
}
