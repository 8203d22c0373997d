package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.SessionReplay;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionCodec.Stored;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Session state in Redis: one string a session, replaced only by a script that first compares it
/// with what was read.
final class RedisSessionStore implements SessionStore {
  private static final String COMPARE_AND_SET =
      """
      local current = redis.call('GET', KEYS[1]) or ''
      if current ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      return 1
      """;
  private static final int STRIPES = 256;
  private static final Logger LOG = LoggerFactory.getLogger(RedisSessionStore.class);

  /// A session lives as long as one of its calls is under way, also one that takes longer than the
  /// session may be idle: its last calls count, however old they are.
  private static final Instant CALL_UNDER_WAY = Instant.EPOCH;

  private final RedisLink link;
  private final SessionHistory history;
  private final RedisSettings settings;
  private final InstantSource clock;
  private final Supplier<String> lineages;
  private final Lock[] stripes;

  RedisSessionStore(
      RedisLink link,
      SessionHistory history,
      RedisSettings settings,
      InstantSource clock,
      Supplier<String> lineages) {
    this.link = link;
    this.history = history;
    this.settings = settings;
    this.clock = clock;
    this.lineages = lineages;
    this.stripes = Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(Lock[]::new);
  }

  /// What a read found.
  ///
  /// @param text what is stored now, empty for nothing
  /// @param stored what that means: `text` itself, or what the log made of it
  private record Current(RedisLink.Live live, String text, Stored stored, Origin origin) {}

  private enum Origin {
    STORED,
    REBUILT
  }

  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, Function<SessionState, Decision> decide) {
    return untilStored(
        session,
        () -> {
          Current current = read(session, policies);
          SessionState before = current.stored().state();
          Decision decision = decide.apply(before);
          SessionState after =
              decision instanceof Decision.Permit permit ? permit.reserved() : before;
          var reserved = new Reserved(decision, before, current.stored().lineage());
          return replace(session, current, after) ? reserved : null;
        });
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    if (!(reserved.decision() instanceof Decision.Permit permit) || !reserved.leftATrace()) {
      return;
    }
    untilStored(
        session,
        () -> {
          Current current = read(session, policies);
          if (!current.stored().lineage().equals(reserved.lineage())) {
            current = rebuilt(session, policies, current, CALL_UNDER_WAY);
          }
          SessionState state = current.stored().state();
          boolean untouched = state.version() == permit.reserved().version();
          SessionState after =
              untouched || permit.added().isEmpty() ? state : state.marked(permit.added());
          return replace(session, current, after) ? Boolean.TRUE : null;
        });
  }

  @Override
  public boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved) {
    return isUntouched(read(session, policies).stored(), reserved);
  }

  private static boolean isUntouched(Stored stored, Reserved reserved) {
    return reserved.decision() instanceof Decision.Permit permit
        && stored.lineage().equals(reserved.lineage())
        && stored.state().version() == permit.reserved().version();
  }

  @Override
  public SessionState remove(SessionKey session, PolicySet policies, Reserved reserved) {
    return untilStored(
        session,
        () -> {
          Current current = read(session, policies);
          SessionState state = current.stored().state();
          SessionState after =
              reserved.decision() instanceof Decision.Permit permit
                      && isUntouched(current.stored(), reserved)
                  ? state.without(permit.removed())
                  : state;
          return replace(session, current, after) ? after : null;
        });
  }

  /// Repeats a read-decide-replace until no other call changed the session in between: once freely,
  /// then one call of this process at a time.
  private <T> T untilStored(SessionKey session, Supplier<@Nullable T> attempt) {
    T first = attempt.get();
    if (first != null) {
      return first;
    }
    Instant deadline = clock.instant().plus(settings.deadline());
    Lock stripe = stripes[Math.floorMod(session.hashCode(), STRIPES)];
    stripe.lock();
    try {
      while (clock.instant().isBefore(deadline)) {
        T result = attempt.get();
        if (result != null) {
          return result;
        }
      }
    } finally {
      stripe.unlock();
    }
    throw InterceptorException.of(
        ErrorCode.SESSION_CONFLICT, "other calls kept changing the session");
  }

  private Current read(SessionKey session, PolicySet policies) {
    RedisLink.Live live = link.live();
    String text =
        Objects.requireNonNullElse(
            await(
                live,
                live.connection()
                    .async()
                    .getex(redisKey(session), GetExArgs.Builder.px(settings.idle().toMillis()))),
            "");
    Optional<Stored> known = decoded(text);
    if (known.isEmpty()) {
      var nothing = new Stored(live.epoch(), "", SessionState.NEW);
      return rebuilt(
          session, policies, new Current(live, text, nothing, Origin.STORED), clock.instant());
    }
    Stored stored = known.get();
    var current = new Current(live, text, stored, Origin.STORED);
    boolean trusted = stored.epoch().equals(live.epoch());
    boolean followed =
        stored.state().policy().isEmpty()
            || stored.state().policy().equals(policies.digest().hex());
    return trusted && followed ? current : rebuilt(session, policies, current, clock.instant());
  }

  /// Text that cannot be read is state that was lost: the log will tell.
  private static Optional<Stored> decoded(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(SessionCodec.decode(text));
    } catch (IllegalArgumentException e) {
      LOG.warn("stored session state is damaged and rebuilt from the log: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /// The state that the log tells, joined with what `known` still knows: a permit that is reserved
  /// but not yet recorded must not be forgotten.
  ///
  /// INVARIANT (LostStateIsNeverClean).
  private Current rebuilt(SessionKey session, PolicySet policies, Current current, Instant asOf) {
    var calls = history.liveCalls(session, settings.idle(), asOf);
    SessionState told = SessionReplay.replay(policies, calls);
    SessionState known = current.stored().state();
    SessionState joined = known.equals(SessionState.NEW) ? told : joined(policies, told, known);
    return new Current(
        current.live(),
        current.text(),
        new Stored(current.live().epoch(), lineages.get(), joined),
        Origin.REBUILT);
  }

  private static SessionState joined(PolicySet policies, SessionState told, SessionState known) {
    String policy = policies.digest().hex();
    boolean ahead = known.policy().equals(policy) && known.version() >= told.version();
    SessionState further = ahead ? known : told;
    return new SessionState(
        Math.max(told.version(), known.version()) + 1,
        policy,
        further.position(),
        union(told.labels(), known.labels()),
        union(told.tools(), known.tools()),
        union(told.classes(), known.classes()),
        further.progress());
  }

  private static <T extends Comparable<T>> SortedSet<T> union(
      Collection<T> some, Collection<T> others) {
    var all = new TreeSet<T>(some);
    all.addAll(others);
    return all;
  }

  /// @return false if the session was changed since it was read
  private boolean replace(SessionKey session, Current current, SessionState after) {
    boolean unchanged = after.version() == current.stored().state().version();
    boolean nothingKnown = after.equals(SessionState.NEW) && current.text().isEmpty();
    if ((unchanged && current.origin() == Origin.STORED) || nothingKnown) {
      return true;
    }
    String text =
        SessionCodec.encode(new Stored(current.live().epoch(), current.stored().lineage(), after));
    Long replaced =
        await(
            current.live(),
            current
                .live()
                .connection()
                .async()
                .eval(
                    COMPARE_AND_SET,
                    ScriptOutputType.INTEGER,
                    new String[] {redisKey(session)},
                    current.text(),
                    text,
                    Long.toString(settings.idle().toMillis())));
    return replaced != null && replaced == 1;
  }

  private <T> @Nullable T await(RedisLink.Live live, RedisFuture<T> reply) {
    try {
      return reply.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(live, e);
    } catch (ExecutionException | TimeoutException e) {
      throw unavailable(live, e);
    }
  }

  private InterceptorException unavailable(RedisLink.Live live, Exception cause) {
    link.broken(live, cause);
    return InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "redis did not answer", cause);
  }

  private static String redisKey(SessionKey session) {
    return "interceptor:session:" + session.customer() + ':' + session.session();
  }

  @Override
  public boolean isUsable() {
    try {
      RedisLink.Live live = link.live();
      return "PONG".equals(await(live, live.connection().async().ping()));
    } catch (InterceptorException e) {
      return false;
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
