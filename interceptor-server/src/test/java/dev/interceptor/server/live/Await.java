package dev.interceptor.server.live;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits for something that becomes true.
public final class Await {
  private static final long BETWEEN_LOOKS_NANOS = 1_000_000;

  private Await() {}

  /// What is waited for.
  public interface Condition {
    boolean holds() throws Exception;
  }

  /// @return how long it took, to a millisecond
  /// @throws AssertionError if it does not hold in time
  public static Duration until(String what, Duration limit, Condition condition) throws Exception {
    long start = RunningTime.nanoTime();
    while (!condition.holds()) {
      if (RunningTime.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
    return RunningTime.since(start);
  }
}
