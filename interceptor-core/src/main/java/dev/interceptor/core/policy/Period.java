package dev.interceptor.core.policy;

import java.time.Duration;
import java.time.Instant;

/// What a limit is counted over: a session, or a minute, hour or day of UTC that begins with the
/// clock's and is counted over all sessions of the customer.
public enum Period {
  SESSION(Duration.ZERO),
  MINUTE(Duration.ofMinutes(1)),
  HOUR(Duration.ofHours(1)),
  DAY(Duration.ofDays(1));

  private final Duration length;

  Period(Duration length) {
    this.length = length;
  }

  /// Zero for a session.
  public Duration length() {
    return length;
  }

  /// When the period began that `at` lies in; not for a session.
  Instant start(Instant at) {
    long seconds = length.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
  }
}
