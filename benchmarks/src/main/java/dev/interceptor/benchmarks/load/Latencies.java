package dev.interceptor.benchmarks.load;

import java.util.Arrays;

/// Every time that was measured, in nanoseconds; percentiles are exact. One thread.
public final class Latencies {
  private long[] nanos = new long[1 << 16];
  private int count;
  private boolean sorted;

  public void add(long elapsed) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = elapsed;
    sorted = false;
  }

  public void addAll(Latencies other) {
    for (int i = 0; i < other.count; i++) {
      add(other.nanos[i]);
    }
  }

  public int count() {
    return count;
  }

  /// In microseconds; NaN if nothing was measured.
  public double percentile(double percent) {
    if (count == 0) {
      return Double.NaN;
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, count);
      sorted = true;
    }
    int index = (int) Math.ceil(percent / 100 * count) - 1;
    return nanos[Math.clamp(index, 0, count - 1)] / 1000.0;
  }
}
