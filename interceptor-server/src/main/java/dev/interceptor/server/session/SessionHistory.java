package dev.interceptor.server.session;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.session.SessionPast;
import java.time.Duration;
import java.time.Instant;

/// What the decision log knows of a session: the source that lost state is rebuilt from.
public interface SessionHistory {
  /// How much of a session's past is told.
  enum Detail {
    /// Calls that are alike in all that a session remembers, once.
    ALIKE_ONCE,
    EVERY_CALL
  }

  /// The session as it lives now: its permitted calls since the last pause of `idle` or longer, and
  /// nothing if the last call itself is that old.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if the log
  ///   cannot be read in time
  SessionPast livePast(SessionKey session, Duration idle, Instant now, Detail detail);

  /// What the permits on record have charged to one of the customer's counters.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if the log
  ///   cannot be read in time
  long used(CustomerId customer, String counter);
}
