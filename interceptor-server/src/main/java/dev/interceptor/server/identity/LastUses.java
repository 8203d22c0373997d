package dev.interceptor.server.identity;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.background.Rounds;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When keys were last used, written to the store in batches by a background thread.
///
/// A batch that cannot be written is kept and merged with the next one. Memory is bounded by the
/// number of keys. Safe for use by many threads.
public final class LastUses implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LastUses.class);

  private final Map<ApiKeyId, Instant> pending = new ConcurrentHashMap<>();
  private final ApiKeyStore store;
  private final Rounds rounds;

  private LastUses(ApiKeyStore store, Duration interval) {
    this.store = store;
    this.rounds = new Rounds("last-uses", interval, "times of last use are written", this::write);
  }

  /// Starts writing to the store, once every interval.
  public static LastUses writingTo(ApiKeyStore store, Duration interval) {
    var uses = new LastUses(store, interval);
    uses.rounds.start();
    return uses;
  }

  void add(ApiKeyId key, Instant at) {
    pending.merge(key, at, LastUses::later);
  }

  private void write() {
    var batch = new HashMap<ApiKeyId, Instant>();
    for (ApiKeyId key : List.copyOf(pending.keySet())) {
      Instant at = pending.remove(key);
      if (at != null) {
        batch.put(key, at);
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      store.touch(batch);
    } catch (InterceptorException e) {
      batch.forEach((key, at) -> pending.merge(key, at, LastUses::later));
      LOG.warn("times of last use of {} keys are not written yet", batch.size(), e);
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /// Writes what is pending, if the store answers, and stops.
  @Override
  public void close() {
    rounds.closeAfter(this::write);
  }
}
