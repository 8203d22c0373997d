package dev.interceptor.server.upstream;

import java.time.Duration;

/// The moment by which an exchange has to be over, on the machine's monotonic clock.
public record Deadline(long atNanos) {
  public static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  public boolean isOver() {
    return remainingNanos() <= 0;
  }

  /// Zero or less when the deadline is over.
  public long remainingNanos() {
    return atNanos - System.nanoTime();
  }
}
