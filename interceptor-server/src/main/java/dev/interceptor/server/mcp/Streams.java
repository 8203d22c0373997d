package dev.interceptor.server.mcp;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Departure;
import dev.interceptor.server.upstream.Caller.Registration;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What waits for news or for clients, bounded in number and age: calls keep their room, and a
/// revoked key hears nothing for long.
final class Streams implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int MOST_PER_KEY = 16;

  private final Semaphore room;
  private final Map<ApiKeyId, Integer> perKey = new ConcurrentHashMap<>();
  private final Set<CountDownLatch> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Streams(int most) {
    this.room = new Semaphore(most);
  }

  /// Runs `start`, which must not wait, then waits until the client has left, the stream is five
  /// minutes old or the server stops, and closes what `start` gave.
  ///
  /// @throws InterceptorException CONCURRENCY_LIMITED
  void hold(ApiKeyId key, ReplyStream stream, Departure departure, Supplier<Registration> start) {
    try (Registration _ = place(key)) {
      held(stream, departure, start);
    }
  }

  /// A place for something that waits for a client, to be given back.
  ///
  /// @throws InterceptorException CONCURRENCY_LIMITED
  Registration place(ApiKeyId key) {
    if (perKey.merge(key, 1, Integer::sum) > MOST_PER_KEY) {
      release(key);
      throw InterceptorException.of(
          ErrorCode.CONCURRENCY_LIMITED, "the key waits for its clients too often at once");
    }
    if (!room.tryAcquire()) {
      release(key);
      throw InterceptorException.of(ErrorCode.CONCURRENCY_LIMITED, "no room for another stream");
    }
    return () -> {
      room.release();
      release(key);
    };
  }

  private void release(ApiKeyId key) {
    perKey.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }

  private void held(ReplyStream stream, Departure departure, Supplier<Registration> start) {
    CountDownLatch ended = new CountDownLatch(1);
    open.add(ended);
    if (closed) {
      ended.countDown();
    }
    try (var _ = stream.loss().onLeave(ended::countDown);
        var _ = departure.onLeave(ended::countDown);
        var _ = start.get()) {
      var _ = ended.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(ended);
    }
  }

  /// Ends all streams, and those that come later at once.
  @Override
  public void close() {
    closed = true;
    open.forEach(CountDownLatch::countDown);
  }
}
