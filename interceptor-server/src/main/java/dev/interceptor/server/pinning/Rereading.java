package dev.interceptor.server.pinning;

import dev.interceptor.server.database.ChangeFeed;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/// Reads again whenever PostgreSQL says that something changed, and now and then in case that it
/// did not say so.
final class Rereading implements ChangeFeed.Subscriber {
  private static final Duration NOW_AND_THEN = Duration.ofSeconds(30);

  private final Runnable read;
  private final LongSupplier nanoTime;
  private long readAt;

  Rereading(Runnable read, LongSupplier nanoTime) {
    this.read = read;
    this.nanoTime = nanoTime;
  }

  private void read() {
    readAt = nanoTime.getAsLong();
    read.run();
  }

  @Override
  public void listening() {
    read();
  }

  @Override
  public void changed(List<String> payloads) {
    read();
  }

  @Override
  public void confirmed(long asOf) {
    if (asOf - readAt > NOW_AND_THEN.toNanos()) {
      read();
    }
  }

  /// What is known stays known; it only grows old.
  @Override
  public void deaf() {}
}
