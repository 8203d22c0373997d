package dev.interceptor.server.policy;

import dev.interceptor.server.database.ChangeFeed;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads again from PostgreSQL whenever it says that something changed, and knows how old its
/// knowledge is.
final class Hearing implements ChangeFeed.Subscriber, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hearing.class);

  private final LongSupplier nanoTime;
  private final Duration bound;
  private final Runnable read;
  private volatile Optional<Long> confirmedAt = Optional.empty();
  private @Nullable ChangeFeed feed;

  /// @param bound for how long a confirmation holds
  /// @param read reads everything; its exception means that it could not
  Hearing(LongSupplier nanoTime, Duration bound, Runnable read) {
    this.nanoTime = nanoTime;
    this.bound = bound;
    this.read = read;
  }

  /// Reads once if PostgreSQL answers, then listens in the background.
  void start(Database database, ChangeFeed.Topic topic) {
    long asked = nanoTime.getAsLong();
    try {
      read.run();
      confirmed(asked);
    } catch (InterceptorException e) {
      LOG.warn("policies are read as soon as PostgreSQL answers: {}", e.getMessage());
    }
    feed = ChangeFeed.start(database, topic, this, nanoTime);
  }

  @Override
  public void listening() {
    read.run();
  }

  @Override
  public void changed(List<String> payloads) {
    read.run();
  }

  @Override
  public void confirmed(long asOf) {
    confirmedAt = Optional.of(asOf);
  }

  /// What is known stays known; it only grows old.
  @Override
  public void deaf() {}

  /// Whether every change older than the bound is known.
  boolean isCurrent() {
    return confirmedAt.filter(at -> nanoTime.getAsLong() - at <= bound.toNanos()).isPresent();
  }

  @Override
  public void close() {
    if (feed != null) {
      feed.close();
    }
  }
}
