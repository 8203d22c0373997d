package dev.interceptor.guard;

import java.time.Duration;

/// How often something may be done: a burst at once, then once a second. Not thread-safe.
final class FetchAllowance {
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final int burst;
  private long left;
  private long since;

  /// @param now `System.nanoTime()`
  FetchAllowance(int burst, long now) {
    this.burst = burst;
    this.left = burst;
    this.since = now;
  }

  /// @return 0 if it may be done now
  long nanosUntilNext(long now) {
    long earned = (now - since) / INTERVAL.toNanos();
    left = Math.min(burst, left + earned);
    since = left == burst ? now : since + earned * INTERVAL.toNanos();
    return left > 0 ? 0 : since + INTERVAL.toNanos() - now;
  }

  /// Uses one up, after [#nanosUntilNext] has answered 0.
  void take() {
    left--;
  }
}
