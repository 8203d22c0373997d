package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.RedisCounters.Counter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Session state in Redis: what each call does to it, again and again until nothing came between
/// its reading and its writing.
final class RedisSessionStore implements SessionStore {
  private static final int STRIPES = 256;

  private final RedisLink link;
  private final RedisSettings settings;
  private final InstantSource clock;
  private final RedisSessionTexts texts;
  private final RedisSessionReads reads;
  private final RedisCounters usage;
  private final Lock[] stripes;

  RedisSessionStore(
      RedisLink link,
      SessionHistory history,
      RedisSettings settings,
      InstantSource clock,
      Supplier<String> lineages) {
    this.link = link;
    this.settings = settings;
    this.clock = clock;
    this.texts = new RedisSessionTexts(link, settings.idle());
    this.reads = new RedisSessionReads(texts, history, settings.idle(), clock, lineages);
    this.usage = new RedisCounters(history, lineages);
    this.stripes = Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(Lock[]::new);
  }

  @Override
  public Reserved decide(
      SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
    return untilStored(
        session,
        () -> {
          RedisLink.Live live = link.live();
          var stored =
              counters.isEmpty() ? null : RedisCounters.ask(live, session.customer(), counters);
          CurrentSession current = reads.read(live, session, policies);
          List<Counter> read =
              stored == null
                  ? List.of()
                  : usage.read(
                      live.epoch(),
                      session.customer(),
                      counters,
                      Objects.requireNonNull(link.await(live, stored)));
          SessionState before = current.state();
          Decision decision = decider.decide(before, RedisCounters.usage(read));
          SessionState after =
              decision instanceof Decision.Permit permit ? permit.reserved() : before;
          return texts.replace(session, current, after, read, decision)
              ? new Reserved(
                  decision, before, current.stored().lineage(), RedisCounters.prefixes(read))
              : null;
        });
  }

  @Override
  public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
    List<String> counters = List.copyOf(reserved.counters().keySet());
    if (!reserved.isPartOfAState() && counters.isEmpty()) {
      return () -> true;
    }
    RedisLink.Live live = link.live();
    var state = texts.ask(live, session);
    var usage = counters.isEmpty() ? null : RedisCounters.ask(live, session.customer(), counters);
    return () ->
        isPartOf(texts.await(live, state), live, reserved)
            && (usage == null
                || RedisCounters.areKept(
                    reserved.counters(),
                    counters,
                    Objects.requireNonNull(link.await(live, usage))));
  }

  private static boolean isPartOf(String text, RedisLink.Live live, Reserved reserved) {
    return !reserved.isPartOfAState()
        || RedisSessionReads.decoded(text)
            .filter(stored -> stored.epoch().equals(live.epoch()))
            .filter(stored -> stored.lineage().equals(reserved.lineage()))
            .isPresent();
  }

  @Override
  public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
    if (!(reserved.decision() instanceof Decision.Permit permit) || !reserved.leftATrace()) {
      return;
    }
    untilStored(
        session,
        () -> {
          CurrentSession current = reads.unbroken(link.live(), session, policies, reserved);
          SessionState state = current.state();
          boolean untouched = state.version() == permit.reserved().version();
          SessionState after =
              untouched || permit.added().isEmpty() ? state : state.marked(permit.added());
          return texts.replace(session, current, after) ? Boolean.TRUE : null;
        });
  }

  @Override
  public SessionState add(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return untilStored(
        session,
        () -> {
          CurrentSession current = reads.unbroken(link.live(), session, policies, reserved);
          SessionState after = withAdded(current.state(), reserved, labels);
          return texts.replace(session, current, after) ? after : null;
        });
  }

  @Override
  public SessionState confirmAdded(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
    return untilStored(
        session,
        () -> {
          CurrentSession current = reads.unbroken(link.live(), session, policies, reserved);
          SessionState state = current.state();
          boolean kept =
              state.labels().containsAll(labels) && state.labels().containsAll(added(reserved));
          SessionState after = kept ? state : withAdded(state, reserved, labels);
          return texts.replace(session, current, after) ? after : null;
        });
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
    return isUntouched(reads.read(link.live(), session, policies), reserved);
  }

  private static boolean isUntouched(CurrentSession current, Reserved reserved) {
    return reserved.decision() instanceof Decision.Permit permit
        && current.isOf(reserved.lineage())
        && current.state().version() == permit.reserved().version();
  }

  @Override
  public SessionState remove(SessionKey session, PolicySet policies, Reserved reserved) {
    return untilStored(
        session,
        () -> {
          CurrentSession current = reads.read(link.live(), session, policies);
          SessionState state = current.state();
          SessionState after =
              reserved.decision() instanceof Decision.Permit permit
                      && isUntouched(current, reserved)
                  ? state.without(permit.removed())
                  : state;
          return texts.replace(session, current, after) ? after : null;
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
