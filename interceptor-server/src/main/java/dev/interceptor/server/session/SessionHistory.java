package dev.interceptor.server.session;

import dev.interceptor.core.session.PastCall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What the decision log knows of a session: the source that lost state is rebuilt from.
public interface SessionHistory {
  /// The permitted calls of the session as it lives now, in the order of their versions: those
  /// since the last pause of `idle` or longer, and none if the last call itself is that old.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if the log
  ///   cannot be read in time
  List<PastCall> liveCalls(SessionKey session, Duration idle, Instant now);
}
