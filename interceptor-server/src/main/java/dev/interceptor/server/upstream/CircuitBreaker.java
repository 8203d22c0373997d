package dev.interceptor.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Keeps a server that fails again and again from being asked: after some failures in a row it
/// admits nothing for a while, then one try whose end decides.
final class CircuitBreaker {
  private final InstantSource clock;
  private final int threshold;
  private final Duration pause;
  private volatile int failures;
  private volatile @Nullable Instant opened;
  private boolean trying;

  /// @param threshold how many failures in a row open it
  /// @param pause how long it then stays open
  CircuitBreaker(InstantSource clock, int threshold, Duration pause) {
    this.clock = clock;
    this.threshold = threshold;
    this.pause = pause;
  }

  /// Whether a request may be made. Each that is admitted ends with exactly one of `succeeded`,
  /// `failed` and `toldNothing`.
  boolean admits() {
    if (opened == null) {
      return true;
    }
    synchronized (this) {
      Instant since = opened;
      if (since == null) {
        return true;
      }
      if (trying || clock.instant().isBefore(since.plus(pause))) {
        return false;
      }
      trying = true;
      return true;
    }
  }

  /// @return whether this closed it
  boolean succeeded() {
    if (failures == 0 && opened == null) {
      return false;
    }
    synchronized (this) {
      boolean closed = opened != null;
      failures = 0;
      opened = null;
      trying = false;
      return closed;
    }
  }

  /// @return whether this opened it
  synchronized boolean failed() {
    boolean wasClosed = opened == null;
    if (wasClosed && failures + 1 < threshold) {
      failures = failures + 1;
      return false;
    }
    if (wasClosed || trying) {
      failures = threshold;
      opened = clock.instant();
      trying = false;
    }
    return wasClosed;
  }

  /// The request ended for a reason that is not the server's.
  void toldNothing() {
    if (opened == null) {
      return;
    }
    synchronized (this) {
      trying = false;
    }
  }
}
