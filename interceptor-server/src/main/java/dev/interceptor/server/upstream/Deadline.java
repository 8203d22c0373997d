package dev.interceptor.server.upstream;

import java.time.Duration;

/// The moment by which an exchange has to be over, on the machine's monotonic clock.
record Deadline(long atNanos) {
  static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  boolean isOver() {
    return remainingNanos() <= 0;
  }

  /// Zero or less when the deadline is over.
  long remainingNanos() {
    return atNanos - System.nanoTime();
  }
}
