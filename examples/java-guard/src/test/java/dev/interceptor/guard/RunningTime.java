package dev.interceptor.guard;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A clock that stands still while the machine does, for bounds that a test puts on the product: a
/// virtual machine that is not scheduled for two seconds is neither the product's fault nor a
/// finding.
///
/// A thread notes every [#TICK] that it ran. Of a longer silence only the first [#STALL] counts as
/// time; that includes pauses of this JVM's garbage collector, and leaves out nothing that another
/// process waits for.
final class RunningTime {
  private static final long TICK = Duration.ofMillis(5).toNanos();
  private static final long STALL = Duration.ofMillis(100).toNanos();

  /// When the thread ran last, and how long nothing had run until then.
  private record Seen(long at, long still) {}

  private static volatile Seen seen = new Seen(System.nanoTime(), 0);

  static {
    Thread.ofPlatform().daemon().name("running-time").start(RunningTime::tick);
  }

  private RunningTime() {}

  private static void tick() {
    while (true) {
      LockSupport.parkNanos(TICK);
      long now = System.nanoTime();
      seen = new Seen(now, still(seen, now));
    }
  }

  private static long still(Seen last, long now) {
    return last.still() + Math.max(0, now - last.at() - STALL);
  }

  /// As `System.nanoTime`, to be compared with times of this clock only; never runs backwards, and
  /// two times within one silence may be equal.
  static long nanoTime() {
    Seen last = seen;
    long now = System.nanoTime();
    return now - still(last, now);
  }

  /// The time since `start`, a time of this clock.
  static Duration since(long start) {
    return Duration.ofNanos(nanoTime() - start);
  }
}
