package dev.interceptor.server.guard;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// What work costs the CPU, which nothing else on the machine changes.
final class CpuTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private CpuTime() {}

  /// Nanoseconds of this thread, the best of so many runs: the first ones are interpreted.
  ///
  /// @param enough ends it early
  static long best(int runs, long enough, Runnable work) {
    long best = Long.MAX_VALUE;
    for (int run = 0; run < runs && best >= enough; run++) {
      long start = THREADS.getCurrentThreadCpuTime();
      work.run();
      best = Math.min(best, THREADS.getCurrentThreadCpuTime() - start);
    }
    return best;
  }
}
