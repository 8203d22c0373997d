package dev.interceptor.guard;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits for something that becomes true.
final class Await {
  private static final long BETWEEN_LOOKS_NANOS = 1_000_000;

  private Await() {}

  /// What is waited for.
  interface Condition {
    boolean holds() throws Exception;
  }

  /// @throws AssertionError if it does not hold in time
  static void until(String what, Duration limit, Condition condition) throws Exception {
    long start = RunningTime.nanoTime();
    while (!condition.holds()) {
      if (RunningTime.since(start).compareTo(limit) > 0) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }
}
