package dev.interceptor.guard;

import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenVerifier;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A replay guard that all replicas of a tool server share through one Redis primary. Thread-safe.
///
/// *Guarantees*: one atomic script a use. Redis that is gone, slow or answers anything unexpected
/// is an exception within the timeout, and no call waits while it is known to be away; memory that
/// is full is `FULL`. A key beside the ids says since when, and by which process, all uses are
/// remembered; when it is missing or another process's (FLUSHALL, a restart with or without old
/// data, a promoted replica), uses may have been forgotten, and tokens from before that moment are
/// `UNCERTAIN`.
///
/// *Clocks*: an id is kept until Redis's own clock is 4 s past `until`, twice the longest leeway,
/// and a token that Redis's clock finds older is `UNCERTAIN`: no verifier's clock decides what is
/// forgotten. The moment since which memory is complete is the later of Redis's and a verifier's
/// clock; it has to be within the leeway of the issuer's clock, as the leeway promises.
///
/// *Does not* protect when two primaries take writes at once (split brain): set
/// `min-replicas-to-write` where replicas may be promoted; nor when Redis's clock is set forward by
/// more than 4 s and back again while tokens live, for it forgets ids by that clock.
/// `maxmemory-policy` is looked at whenever a connection is made, not in between.
public final class RedisReplayGuard implements ReplayGuard, AutoCloseable {
  /// How long ids are kept beyond the end of their token's time.
  static final Duration KEPT_LONGER = TokenVerifier.MAX_LEEWAY.multipliedBy(2);

  /// Keys: the memory's beginning, and the id unless the memory is only to begin. Arguments: epoch,
  /// the caller's clock, `from`, the time until which the id is kept; all times in milliseconds. A
  /// use does not begin another epoch's memory anew: a connection may know an epoch that is over,
  /// and two such would refuse each other's tokens for ever.
  private static final String SCRIPT =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local epoch = ARGV[1] .. ' '
      local marker = redis.call('GET', KEYS[1])
      local since
      if marker and string.sub(marker, 1, #epoch) == epoch then
        since = tonumber(string.sub(marker, #epoch + 1))
      elseif marker and #KEYS > 1 then
        return 4
      end
      if not since then
        since = math.max(now, tonumber(ARGV[2])) + 1
        redis.call('SET', KEYS[1], epoch .. string.format('%.0f', since))
      end
      if #KEYS == 1 then
        return 0
      end
      local keep = tonumber(ARGV[4]) - now
      if tonumber(ARGV[3]) < since or keep <= 0 then
        return redis.call('EXISTS', KEYS[2]) == 1 and 2 or 3
      end
      return redis.call('SET', KEYS[2], '', 'NX', 'PX', keep) and 1 or 2
      """;

  private final Settings settings;
  private final InstantSource clock;
  private final RedisPrimary primary;
  private volatile String digest = "";

  /// Where used tokens are remembered.
  ///
  /// @param url `redis://` or `rediss://`, may carry a password: never logged
  /// @param prefix of all keys; servers with one audience share it, others may
  /// @param timeout for one use, 10 ms to 10 s
  public record Settings(String url, String prefix, Duration timeout) {
    public Settings {
      if (timeout.toMillis() < 10 || timeout.toMillis() > 10_000) {
        throw new IllegalArgumentException("timeout must be 10 ms to 10 s, got " + timeout);
      }
    }

    /// Keys begin with `interceptor:replay`, and a use takes at most 1 s.
    public static Settings of(String url) {
      return new Settings(url, "interceptor:replay", Duration.ofSeconds(1));
    }

    @Override
    public String toString() {
      return "Settings[url redacted, prefix=" + prefix + ", timeout=" + timeout + "]";
    }
  }

  /// Connects, or refuses every use until it has.
  ///
  /// @throws IllegalStateException if Redis answers but is a replica, or may evict keys
  public static RedisReplayGuard connect(Settings settings) {
    return connect(settings, InstantSource.system());
  }

  /// The same with another clock for when its memory begins.
  public static RedisReplayGuard connect(Settings settings, InstantSource clock) {
    var guard = new RedisReplayGuard(settings, clock);
    guard.primary.open();
    return guard;
  }

  private RedisReplayGuard(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.primary = new RedisPrimary(settings.url(), settings.timeout(), this::begin);
  }

  /// Memory begins with the first connection, not with the first use.
  private void begin(RedisPrimary.Live live) {
    digest = live.connection().sync().scriptLoad(SCRIPT);
    Long unused =
        live.connection()
            .sync()
            .evalsha(
                digest, ScriptOutputType.INTEGER, new String[] {marker()}, live.epoch(), now());
  }

  private String marker() {
    return settings.prefix() + ":since";
  }

  private String now() {
    return Long.toString(clock.instant().toEpochMilli());
  }

  /// @throws IllegalStateException if Redis cannot tell
  @Override
  public Use use(String id, Instant from, Instant until) {
    RedisPrimary.Live live = primary.live();
    RedisFuture<Long> answer =
        live.connection()
            .async()
            .evalsha(
                digest,
                ScriptOutputType.INTEGER,
                new String[] {marker(), settings.prefix() + ":id:" + id},
                live.epoch(),
                now(),
                Long.toString(from.toEpochMilli()),
                Long.toString(until.plus(KEPT_LONGER).toEpochMilli()));
    try {
      return meaning(answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS), live);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Redis", e);
    } catch (ExecutionException e) {
      if (isOutOfMemory(e.getCause())) {
        return Use.FULL;
      }
      primary.broken(live, e);
      throw new IllegalStateException("Redis did not answer", e);
    } catch (TimeoutException e) {
      primary.broken(live, new TimeoutException("no answer within " + settings.timeout()));
      throw new IllegalStateException("Redis did not answer in time", e);
    }
  }

  private static boolean isOutOfMemory(@Nullable Throwable cause) {
    return cause instanceof RedisCommandExecutionException
        && String.valueOf(cause.getMessage()).contains("OOM ");
  }

  private Use meaning(@Nullable Long answer, RedisPrimary.Live live) {
    if (answer == null || answer < 1 || answer > 3) {
      IllegalStateException e =
          new IllegalStateException("Redis has changed its identity, or answered " + answer);
      primary.broken(live, e);
      throw e;
    }
    return answer == 1 ? Use.FIRST_USE : answer == 2 ? Use.REPLAYED : Use.UNCERTAIN;
  }

  @Override
  public void close() {
    primary.close();
  }
}
