package dev.interceptor.server.targets;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.OpenAiError;
import java.time.Duration;

/// Whether a request may go on as far as limits are concerned.
public sealed interface Admission {
  /// It may, for as long as the permit is held.
  record Admitted(Permit permit) implements Admission {}

  /// It may not.
  ///
  /// @param scope whose limit it is
  /// @param retryAfter how long until it is worth another try, more than zero
  record Refused(Scope scope, Bound bound, Duration retryAfter) implements Admission {
    /// 429 with `Retry-After` in whole seconds, at least one.
    public OpenAiError error() {
      return OpenAiError.limited(
          bound == Bound.RATE ? ErrorCode.RATE_LIMITED : ErrorCode.CONCURRENCY_LIMITED, retryAfter);
    }
  }

  /// Which of a scope's bounds.
  enum Bound {
    RATE,
    CONCURRENCY
  }
}
