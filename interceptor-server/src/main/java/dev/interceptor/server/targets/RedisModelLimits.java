package dev.interceptor.server.targets;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.RedisLink;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.Base16;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Limits in Redis, by the clock of Redis.
///
/// A rate is one number: when the next request would be on time if all came evenly (the generic
/// cell rate algorithm, which admits what a token bucket does). Room is a set of leases by the time
/// at which they end; whoever holds one renews it.
final class RedisModelLimits implements ModelLimits {
  /// Looks at every scope before it changes one. Answers nothing, or the scope's place, the bound
  /// (0 rate, 1 room) and the microseconds until it is worth another try.
  ///
  /// KEYS: a rate and a set of leases per scope. ARGV: the lease, its length in milliseconds, then
  /// per scope the microseconds between two requests, the burst, the room; 0 for no bound.
  private static final String TAKE =
      """
      local t = redis.call('TIME')
      local now = t[1] * 1000000 + t[2]
      local next = {}
      for i = 1, #KEYS / 2 do
        local a = 3 * i
        local gap, burst, room = tonumber(ARGV[a]), tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
        if gap > 0 then
          local due = math.max(now, tonumber(redis.call('GET', KEYS[2 * i - 1]) or '0'))
          due = math.min(due, now + gap * burst) + gap
          if due - now > gap * burst then return {i, 0, math.ceil(due - now - gap * burst)} end
          next[i] = due
        end
        if room > 0 then
          redis.call('ZREMRANGEBYSCORE', KEYS[2 * i], '-inf', math.floor(now / 1000))
          if redis.call('ZCARD', KEYS[2 * i]) >= room then return {i, 1, 1000000} end
        end
      end
      local ends = math.floor(now / 1000) + ARGV[2]
      for i = 1, #KEYS / 2 do
        if next[i] then
          redis.call('SET', KEYS[2 * i - 1], string.format('%.0f', next[i]),
            'PX', math.ceil((next[i] - now) / 1000) + 1)
        end
        if tonumber(ARGV[3 * i + 2]) > 0 then
          redis.call('ZADD', KEYS[2 * i], ends, ARGV[1])
          redis.call('PEXPIRE', KEYS[2 * i], ARGV[2] * 2)
        end
      end
      return {}
      """;

  /// KEYS: sets of leases. ARGV: the lease, its length in milliseconds.
  private static final String RENEW =
      """
      local t = redis.call('TIME')
      local ends = t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2]
      for i = 1, #KEYS do
        redis.call('ZADD', KEYS[i], ends, ARGV[1])
        redis.call('PEXPIRE', KEYS[i], ARGV[2] * 2)
      end
      """;

  private static final String TAKE_DIGEST = Base16.digest(TAKE.getBytes(StandardCharsets.UTF_8));
  private static final Logger LOG = LoggerFactory.getLogger(RedisModelLimits.class);

  /// The hash tag puts all keys on one node, as a script on several of them needs.
  private static final String PREFIX = "interceptor:{limits}:";

  private final RedisLink link;
  private final Duration timeout;
  private final Duration lease;
  private final String instance;
  private final AtomicLong taken = new AtomicLong();
  private final Set<Held> held = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// @param lease for how long the room of an instance that was killed stays taken
  /// @param instance unlike that of every other instance
  RedisModelLimits(RedisLink link, Duration timeout, Duration lease, String instance) {
    this.link = link;
    this.timeout = timeout;
    this.lease = lease;
    this.instance = instance;
  }

  void open() {
    link.open();
    Thread.ofVirtual().name("limit-leases").start(this::renew);
  }

  @Override
  public Admission take(List<Scope> scopes) {
    List<Scope> bounded = scopes.stream().filter(scope -> !scope.limits().boundsNothing()).toList();
    if (bounded.isEmpty()) {
      return new Admission.Admitted(Permit.FREE);
    }
    RedisLink.Live live = link.live();
    String id = instance + ':' + taken.incrementAndGet();
    List<Long> refusal = run(live, keys(bounded), arguments(id, bounded));
    if (!refusal.isEmpty()) {
      return refused(bounded, refusal);
    }
    String[] rooms =
        bounded.stream()
            .filter(scope -> scope.limits().concurrent() > 0)
            .map(RedisModelLimits::roomKey)
            .toArray(String[]::new);
    return new Admission.Admitted(rooms.length == 0 ? Permit.FREE : hold(new Held(id, rooms)));
  }

  private Held hold(Held permit) {
    held.add(permit);
    return permit;
  }

  private static Admission.Refused refused(List<Scope> scopes, List<Long> refusal) {
    return new Admission.Refused(
        scopes.get(refusal.get(0).intValue() - 1),
        refusal.get(1) == 0 ? Admission.Bound.RATE : Admission.Bound.CONCURRENCY,
        Duration.ofNanos(Math.max(1, refusal.get(2)) * 1000));
  }

  private static String[] keys(List<Scope> scopes) {
    List<String> keys = new ArrayList<>(2 * scopes.size());
    for (Scope scope : scopes) {
      keys.add(PREFIX + "rate:" + scope.kind() + ':' + scope.name());
      keys.add(roomKey(scope));
    }
    return keys.toArray(String[]::new);
  }

  private static String roomKey(Scope scope) {
    return PREFIX + "room:" + scope.kind() + ':' + scope.name();
  }

  private String[] arguments(String id, List<Scope> scopes) {
    List<String> arguments = new ArrayList<>(2 + 3 * scopes.size());
    arguments.add(id);
    arguments.add(Long.toString(lease.toMillis()));
    for (Scope scope : scopes) {
      Limits limits = scope.limits();
      boolean rated = limits.requestsPerSecond() > 0;
      arguments.add(rated ? Double.toString(1_000_000 / limits.requestsPerSecond()) : "0");
      arguments.add(Integer.toString(limits.burst()));
      arguments.add(Integer.toString(limits.concurrent()));
    }
    return arguments.toArray(String[]::new);
  }

  /// By its digest, and by its text where Redis does not know it yet.
  private List<Long> run(RedisLink.Live live, String[] keys, String[] arguments) {
    var redis = live.connection().async();
    try {
      try {
        return await(redis.evalsha(TAKE_DIGEST, ScriptOutputType.MULTI, keys, arguments));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RedisNoScriptException)) {
          throw e;
        }
        return await(redis.eval(TAKE, ScriptOutputType.MULTI, keys, arguments));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(live, e);
    } catch (ExecutionException | TimeoutException e) {
      throw unavailable(live, e);
    }
  }

  private List<Long> await(RedisFuture<List<Long>> reply)
      throws InterruptedException, ExecutionException, TimeoutException {
    return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private InterceptorException unavailable(RedisLink.Live live, Exception cause) {
    link.broken(live, cause);
    return InterceptorException.of(
        ErrorCode.STATE_UNAVAILABLE, "limits cannot be asked for", cause);
  }

  private void renew() {
    try {
      while (!closed.await(lease.toMillis() / 3, TimeUnit.MILLISECONDS)) {
        held.forEach(Held::renew);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    link.close();
  }

  /// Room that is taken in some scopes. Its commands leave in the order of its calls, so that no
  /// renewal follows its end.
  private final class Held implements Permit {
    private final String id;
    private final String[] rooms;
    private final Lock order = new ReentrantLock();
    private boolean given;

    Held(String id, String[] rooms) {
      this.id = id;
      this.rooms = rooms;
    }

    void renew() {
      order.lock();
      try {
        if (!given && link.isUp()) {
          var _ =
              link.live()
                  .connection()
                  .async()
                  .eval(RENEW, ScriptOutputType.STATUS, rooms, id, Long.toString(lease.toMillis()));
        }
      } catch (RuntimeException e) {
        LOG.debug("a lease could not be renewed: {}", e.toString());
      } finally {
        order.unlock();
      }
    }

    /// Does not wait for Redis: room that could not be given back is free when the lease ends.
    @Override
    public void close() {
      held.remove(this);
      order.lock();
      try {
        if (!given && link.isUp()) {
          var redis = link.live().connection().async();
          for (String room : rooms) {
            var _ = redis.zrem(room, id);
          }
        }
      } catch (RuntimeException e) {
        LOG.debug("room could not be given back, it is free in {}: {}", lease, e.toString());
      } finally {
        given = true;
        order.unlock();
      }
    }
  }
}
