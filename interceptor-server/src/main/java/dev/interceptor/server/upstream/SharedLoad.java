package dev.interceptor.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A value that many callers need, that one of them loads, and that is loaded again when it is
/// `maxAge` old. A failed load fails all who wait for it and is not remembered. A value's age
/// counts from the moment that it was asked for.
final class SharedLoad<V> {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLoad.class);
  private static final int ATTEMPTS_PER_AGE = 20;

  private final InstantSource clock;
  private final Duration maxAge;
  private final Duration refreshAge;
  private final Object lock = new Object();
  private volatile @Nullable Loaded<V> loaded;
  private @Nullable CompletableFuture<V> loading;
  private Instant nextAhead = Instant.MIN;

  SharedLoad(InstantSource clock, Duration maxAge) {
    this(clock, maxAge, maxAge);
  }

  /// @param refreshAge how old a value may be before the next caller has it loaded again in the
  ///   background, so that nobody waits; `maxAge` for never
  SharedLoad(InstantSource clock, Duration maxAge, Duration refreshAge) {
    this.clock = clock;
    this.maxAge = maxAge;
    this.refreshAge = refreshAge;
  }

  /// @throws UpstreamFault what `loader` throws, or TIMEOUT while another caller's load takes
  ///   longer than `deadline`
  V get(Deadline deadline, Loader<V> loader) throws UpstreamFault {
    Loaded<V> current = loaded;
    Instant now = clock.instant();
    if (current != null && now.isBefore(current.at().plus(maxAge))) {
      if (!now.isBefore(current.at().plus(refreshAge))) {
        refreshAhead(now, deadline, loader);
      }
      return current.value();
    }
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> theirs;
    synchronized (lock) {
      Loaded<V> meanwhile = loaded;
      if (meanwhile != null && now.isBefore(meanwhile.at().plus(maxAge))) {
        return meanwhile.value();
      }
      theirs = loading;
      if (theirs == null) {
        loading = mine;
      }
    }
    return theirs == null ? load(mine, deadline, loader) : await(theirs, deadline);
  }

  /// The last value that was loaded and not forgotten, however old.
  Optional<V> latest() {
    Loaded<V> current = loaded;
    return current == null ? Optional.empty() : Optional.of(current.value());
  }

  /// Makes the next `get` load again, unless another value than `stale` has been loaded since.
  void forget(V stale) {
    synchronized (lock) {
      if (loaded != null && loaded.value().equals(stale)) {
        loaded = null;
      }
    }
  }

  /// One at a time, and not again at once after one that failed.
  private void refreshAhead(Instant now, Deadline deadline, Loader<V> loader) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    synchronized (lock) {
      if (loading != null || now.isBefore(nextAhead)) {
        return;
      }
      loading = mine;
      nextAhead = now.plus(maxAge.dividedBy(ATTEMPTS_PER_AGE));
    }
    Thread.startVirtualThread(() -> {
      try {
        var _ = load(mine, deadline, loader);
      } catch (UpstreamFault | RuntimeException e) {
        LOG.debug("a value was not loaded ahead of its end: {}", e.toString());
      }
    });
  }

  private V load(CompletableFuture<V> future, Deadline deadline, Loader<V> loader)
      throws UpstreamFault {
    Instant asked = clock.instant();
    try {
      V value = loader.load(deadline);
      synchronized (lock) {
        loaded = new Loaded<>(value, asked);
        loading = null;
      }
      future.complete(value);
      return value;
    } catch (UpstreamFault | RuntimeException e) {
      synchronized (lock) {
        loading = null;
      }
      future.completeExceptionally(e);
      throw e;
    }
  }

  private static <V> V await(CompletableFuture<V> future, Deadline deadline) throws UpstreamFault {
    try {
      return future.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UpstreamFault fault) {
        throw new UpstreamFault(fault.kind(), fault.operatorDetail());
      }
      throw new IllegalStateException("another caller's load failed", e);
    } catch (TimeoutException e) {
      throw new UpstreamFault(
          UpstreamFault.Kind.TIMEOUT, "no answer to another caller's request in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UpstreamFault(UpstreamFault.Kind.NOT_SENT, "interrupted");
    }
  }

  private record Loaded<V>(V value, Instant at) {}

  /// Loads the value by the deadline.
  interface Loader<V> {
    V load(Deadline deadline) throws UpstreamFault;
  }
}
