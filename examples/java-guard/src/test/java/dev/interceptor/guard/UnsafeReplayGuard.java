package dev.interceptor.guard;

import dev.interceptor.core.token.ReplayGuard;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Instant;

/// Guards as they should not be written, for the tests that have to catch them.
final class UnsafeReplayGuard implements ReplayGuard {
  enum Fault {
    /// Two commands where one is needed.
    READS_THEN_WRITES,
    /// Atomic, and unaware that Redis may have lost what it knew.
    FORGETS
  }

  private final RedisCommands<String, String> redis;
  private final Fault fault;

  UnsafeReplayGuard(String url, Fault fault) {
    this.redis = RedisClient.create(url).connect().sync();
    this.fault = fault;
  }

  @Override
  public Use use(String id, Instant from, Instant until) {
    SetArgs kept = SetArgs.Builder.px(120_000);
    boolean first =
        switch (fault) {
          case READS_THEN_WRITES -> redis.get(id) == null && redis.set(id, "", kept) != null;
          case FORGETS -> redis.set(id, "", kept.nx()) != null;
        };
    return first ? Use.FIRST_USE : Use.REPLAYED;
  }
}
