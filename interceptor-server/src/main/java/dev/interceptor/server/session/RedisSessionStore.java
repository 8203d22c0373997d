package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.decision.SessionReplay;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.RedisCounters.Counter;
import dev.interceptor.server.session.SessionCodec.Stored;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Session state in Redis: one string a session, replaced only by a script that first compares it
/// with what was read.
final class RedisSessionStore implements SessionStore {
  /// Replaces the session and adds to counters, or does nothing at all: if the session is not what
  /// was read, a counter has been rebuilt since, or an amount would exceed its maximum.
  private static final String COMMIT =
      """
      if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
      local counters = {}
      for i = 2, #KEYS do
        local a = 4 + (i - 2) * 6
        local prefix, seen, used = ARGV[a], ARGV[a + 1], ARGV[a + 2]
        local stored = redis.call('GET', KEYS[i]) or ''
        if used ~= '' then
          if stored ~= seen then return 0 end
        else
          if string.sub(stored, 1, #prefix) ~= prefix then return 0 end
          used = string.sub(stored, #prefix + 1)
        end
        local sum = tonumber(used) + tonumber(ARGV[a + 3])
        if sum > tonumber(ARGV[a + 4]) then return 0 end
        counters[i] = prefix .. string.format('%.0f', sum)
      end
      if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
      for i = 2, #KEYS do
        redis.call('SET', KEYS[i], counters[i], 'PX', ARGV[4 + (i - 2) * 6 + 5])
      end
      return 1
      """;

  private static final Decision NOTHING_CHARGED =
      new Decision.Deny(ReasonCode.TOOL_DENIED, List.of(), Optional.empty());

  /// Of state that no process of Redis vouches for.
  private static final String NO_EPOCH = "";

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
  private final RedisCounters usage;
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
    this.usage = new RedisCounters(history, lineages);
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
      SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
    return untilStored(
        session,
        () -> {
          RedisLink.Live live = link.live();
          var stored = counters.isEmpty() ? null : askCounters(live, session, counters);
          Current current = read(live, session, policies);
          List<Counter> read =
              stored == null
                  ? List.of()
                  : usage.read(
                      live.epoch(),
                      session.customer(),
                      counters,
                      Objects.requireNonNull(link.await(live, stored)));
          SessionState before = current.stored().state();
          Decision decision = decider.decide(before, RedisCounters.usage(read));
          SessionState after =
              decision instanceof Decision.Permit permit ? permit.reserved() : before;
          return replace(session, current, after, read, decision)
              ? new Reserved(decision, before, current.stored().lineage(), prefixes(read))
              : null;
        });
  }

  private static RedisFuture<List<KeyValue<String, String>>> askCounters(
      RedisLink.Live live, SessionKey session, List<String> counters) {
    return live.connection()
        .async()
        .mget(
            counters.stream()
                .map(counter -> RedisCounters.key(session.customer(), counter))
                .toArray(String[]::new));
  }

  private static Map<String, String> prefixes(List<Counter> counters) {
    return counters.stream().collect(Collectors.toMap(Counter::name, Counter::prefix));
  }

  /// Reads the session with a command that only a primary takes: one that was demoted meanwhile
  /// must not answer from what it remembers.
  @Override
  public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
    List<String> counters = List.copyOf(reserved.counters().keySet());
    if (!reserved.isPartOfAState() && counters.isEmpty()) {
      return () -> true;
    }
    RedisLink.Live live = link.live();
    var state = askState(live, session);
    var usage = counters.isEmpty() ? null : askCounters(live, session, counters);
    return () ->
        isPartOf(Objects.requireNonNullElse(link.await(live, state), ""), live, reserved)
            && (usage == null
                || areKept(counters, Objects.requireNonNull(link.await(live, usage)), reserved));
  }

  private static boolean isPartOf(String text, RedisLink.Live live, Reserved reserved) {
    return !reserved.isPartOfAState()
        || decoded(text)
            .filter(stored -> stored.epoch().equals(live.epoch()))
            .filter(stored -> stored.lineage().equals(reserved.lineage()))
            .isPresent();
  }

  private static boolean areKept(
      List<String> counters, List<KeyValue<String, String>> stored, Reserved reserved) {
    for (int i = 0; i < counters.size(); i++) {
      String prefix = reserved.counters().get(counters.get(i));
      if (prefix == null || !stored.get(i).getValueOrElse("").startsWith(prefix)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    if (!(reserved.decision() instanceof Decision.Permit permit) || !reserved.leftATrace()) {
      return;
    }
    untilStored(
        session,
        () -> {
          Current current = unbroken(session, policies, reserved);
          SessionState state = current.stored().state();
          boolean untouched = state.version() == permit.reserved().version();
          SessionState after =
              untouched || permit.added().isEmpty() ? state : state.marked(permit.added());
          return replace(session, current, after) ? Boolean.TRUE : null;
        });
  }

  @Override
  public SessionState add(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return untilStored(
        session,
        () -> {
          Current current = unbroken(session, policies, reserved);
          SessionState after = withAdded(current.stored().state(), reserved, labels);
          return replace(session, current, after) ? after : null;
        });
  }

  @Override
  public SessionState confirmAdded(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return untilStored(
        session,
        () -> {
          Current current = unbroken(session, policies, reserved);
          SessionState state = current.stored().state();
          boolean kept =
              state.labels().containsAll(labels) && state.labels().containsAll(added(reserved));
          SessionState after = kept ? state : withAdded(state, reserved, labels);
          return replace(session, current, after) ? after : null;
        });
  }

  /// The state as it goes on from `reserved`, rebuilt from the log if it was lost since.
  private Current unbroken(SessionKey session, PolicySet policies, Reserved reserved) {
    Current current = read(link.live(), session, policies);
    return current.stored().lineage().equals(reserved.lineage())
        ? current
        : rebuilt(session, policies, current, CALL_UNDER_WAY);
  }

  private static SessionState withAdded(
      SessionState state, Reserved reserved, SortedSet<Label> labels) {
    SortedSet<Label> all = new TreeSet<>(labels);
    all.addAll(added(reserved));
    return state.marked(all);
  }

  private static SortedSet<Label> added(Reserved reserved) {
    return reserved.decision() instanceof Decision.Permit permit
        ? permit.added()
        : Collections.emptySortedSet();
  }

  @Override
  public boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved) {
    return isUntouched(read(link.live(), session, policies).stored(), reserved);
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
          Current current = read(link.live(), session, policies);
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

  private RedisFuture<String> askState(RedisLink.Live live, SessionKey session) {
    return live.connection()
        .async()
        .getex(redisKey(session), GetExArgs.Builder.px(settings.idle().toMillis()));
  }

  private Current read(RedisLink.Live live, SessionKey session, PolicySet policies) {
    String text = Objects.requireNonNullElse(link.await(live, askState(live, session)), "");
    Optional<Stored> known = decoded(text);
    if (known.isEmpty()) {
      var nothing = new Stored(NO_EPOCH, "", SessionState.NEW);
      return rebuilt(
          session, policies, new Current(live, text, nothing, Origin.STORED), clock.instant());
    }
    Stored stored = known.get();
    var current = new Current(live, text, stored, Origin.STORED);
    boolean followed =
        stored.state().policy().isEmpty()
            || stored.state().policy().equals(policies.digest().hex());
    return isTrusted(current) && followed
        ? current
        : rebuilt(session, policies, current, clock.instant());
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

  private static boolean isTrusted(Current current) {
    return current.stored().epoch().equals(current.live().epoch());
  }

  /// The state that the log tells, joined with what `known` still knows: a permit that is reserved
  /// but not yet recorded must not be forgotten.
  ///
  /// Where the join keeps all that is known, the history goes on. Otherwise what is known is
  /// distrusted before the log is asked, so that a permit that comes to be on record too late for
  /// this reading does not hold.
  ///
  /// INVARIANT (LostStateIsNeverClean).
  private Current rebuilt(SessionKey session, PolicySet policies, Current current, Instant asOf) {
    SessionState told = told(session, policies, asOf);
    if (!isTrusted(current)) {
      return joined(policies, current, told, lineages.get());
    }
    if (JoinedState.keepsAll(policies, told, current.stored().state())) {
      return joined(policies, current, told, current.stored().lineage());
    }
    Current distrusted = distrusted(session, current);
    return joined(policies, distrusted, told(session, policies, asOf), lineages.get());
  }

  private SessionState told(SessionKey session, PolicySet policies, Instant asOf) {
    SessionPast past =
        history.livePast(
            session,
            settings.idle(),
            asOf,
            policies.followsSequences()
                ? SessionHistory.Detail.EVERY_CALL
                : SessionHistory.Detail.ALIKE_ONCE);
    return SessionReplay.replay(policies, past);
  }

  /// If other calls were faster, what is written later will not be stored either.
  private Current distrusted(SessionKey session, Current current) {
    String text =
        SessionCodec.encode(
            new Stored(NO_EPOCH, current.stored().lineage(), current.stored().state()));
    return commit(current.live(), List.of(redisKey(session)), List.of(current.text(), text, idle()))
        ? new Current(current.live(), text, current.stored(), Origin.STORED)
        : current;
  }

  private static Current joined(
      PolicySet policies, Current current, SessionState told, String lineage) {
    SessionState known = current.stored().state();
    SessionState joined =
        known.equals(SessionState.NEW) ? told : JoinedState.of(policies, told, known);
    return new Current(
        current.live(),
        current.text(),
        new Stored(current.live().epoch(), lineage, joined),
        Origin.REBUILT);
  }

  private boolean replace(SessionKey session, Current current, SessionState after) {
    return replace(session, current, after, List.of(), NOTHING_CHARGED);
  }

  /// @return false if the session or a counter was changed since it was read
  private boolean replace(
      SessionKey session,
      Current current,
      SessionState after,
      List<Counter> counters,
      Decision decision) {
    List<String> keys = new ArrayList<>(List.of(redisKey(session)));
    List<String> values = new ArrayList<>(List.of(current.text(), newText(current, after), idle()));
    for (Counter counter : counters) {
      Optional<List<String>> writing = RedisCounters.writing(counter, decision);
      if (writing.isPresent()) {
        keys.add(counter.key());
        values.addAll(writing.get());
      }
    }
    if (values.get(1).isEmpty() && keys.size() == 1) {
      return true;
    }
    return commit(current.live(), keys, values);
  }

  private boolean commit(RedisLink.Live live, List<String> keys, List<String> values) {
    Long replaced =
        link.await(
            live,
            live.connection()
                .async()
                .eval(
                    COMMIT,
                    ScriptOutputType.INTEGER,
                    keys.toArray(String[]::new),
                    values.toArray(String[]::new)));
    return replaced != null && replaced == 1;
  }

  private String idle() {
    return Long.toString(settings.idle().toMillis());
  }

  /// Empty if what is stored may stay.
  private static String newText(Current current, SessionState after) {
    boolean unchanged = after.version() == current.stored().state().version();
    boolean nothingKnown = after.equals(SessionState.NEW) && current.text().isEmpty();
    return (unchanged && current.origin() == Origin.STORED) || nothingKnown
        ? ""
        : SessionCodec.encode(
            new Stored(current.live().epoch(), current.stored().lineage(), after));
  }

  static String redisKey(SessionKey session) {
    return "interceptor:session:" + session.customer() + ':' + session.session();
  }

  @Override
  public boolean isUsable() {
    try {
      RedisLink.Live live = link.live();
      return "PONG".equals(link.await(live, live.connection().async().ping()));
    } catch (InterceptorException e) {
      return false;
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
