package dev.interceptor.server.http;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Places for requests under way. One key has at most three quarters of them, so that whoever holds
/// it, with slow bodies for instance, does not keep everybody else out.
///
/// Safe for use by many threads.
final class Room {
  private final Semaphore places;
  private final int ofOneKey;
  private final Map<ApiKeyId, Integer> taken = new ConcurrentHashMap<>();

  /// @param places at least 1
  Room(int places) {
    this.places = new Semaphore(places);
    this.ofOneKey = Math.max(1, places - places / 4);
  }

  /// A place that is held until it is closed.
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /// A place for a request of whom nothing is known yet.
  ///
  /// @throws InterceptorException CONCURRENCY_LIMITED if all are taken
  Place enter() {
    if (!places.tryAcquire()) {
      throw InterceptorException.of(ErrorCode.CONCURRENCY_LIMITED, "no room for another request");
    }
    return places::release;
  }

  /// The place that was entered is one of this key's from here on.
  ///
  /// @throws InterceptorException CONCURRENCY_LIMITED if the key has its share
  Place of(ApiKeyId key) {
    if (taken.merge(key, 1, Integer::sum) > ofOneKey) {
      leave(key);
      throw InterceptorException.of(
          ErrorCode.CONCURRENCY_LIMITED, "no room for another request of this key");
    }
    return () -> leave(key);
  }

  private void leave(ApiKeyId key) {
    taken.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }
}
