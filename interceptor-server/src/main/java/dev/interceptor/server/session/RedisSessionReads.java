package dev.interceptor.server.session;

import dev.interceptor.core.decision.SessionReplay;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.session.SessionCodec.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a session's state is: what Redis holds where that can be trusted, else what the log tells.
final class RedisSessionReads {
  /// A session lives as long as one of its calls is under way, also one that takes longer than the
  /// session may be idle: its last calls count, however old they are.
  private static final Instant CALL_UNDER_WAY = Instant.EPOCH;

  private static final Logger LOG = LoggerFactory.getLogger(RedisSessionReads.class);

  private final RedisSessionTexts texts;
  private final SessionHistory history;
  private final Duration idle;
  private final InstantSource clock;
  private final Supplier<String> lineages;

  RedisSessionReads(
      RedisSessionTexts texts,
      SessionHistory history,
      Duration idle,
      InstantSource clock,
      Supplier<String> lineages) {
    this.texts = texts;
    this.history = history;
    this.idle = idle;
    this.clock = clock;
    this.lineages = lineages;
  }

  CurrentSession read(RedisLink.Live live, SessionKey session, PolicySet policies) {
    String text = texts.await(live, texts.ask(live, session));
    Optional<Stored> known = decoded(text);
    if (known.isEmpty()) {
      return rebuilt(session, policies, CurrentSession.unknown(live, text), clock.instant());
    }
    CurrentSession current = CurrentSession.stored(live, text, known.get());
    String policy = current.state().policy();
    boolean followed = policy.isEmpty() || policy.equals(policies.digest().hex());
    return current.isTrusted() && followed
        ? current
        : rebuilt(session, policies, current, clock.instant());
  }

  /// The state as it goes on from `reserved`, rebuilt from the log if it was lost since.
  CurrentSession unbroken(
      RedisLink.Live live, SessionKey session, PolicySet policies, SessionStore.Reserved reserved) {
    CurrentSession current = read(live, session, policies);
    return current.isOf(reserved.lineage())
        ? current
        : rebuilt(session, policies, current, CALL_UNDER_WAY);
  }

  /// Text that cannot be read is state that was lost: the log will tell.
  static Optional<Stored> decoded(String text) {
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
  /// Where the join keeps all that is known, the history goes on. Otherwise what is known is
  /// distrusted before the log is asked, so that a permit that comes to be on record too late for
  /// this reading does not hold.
  ///
  /// INVARIANT (LostStateIsNeverClean).
  private CurrentSession rebuilt(
      SessionKey session, PolicySet policies, CurrentSession current, Instant asOf) {
    SessionState told = told(session, policies, asOf);
    if (!current.isTrusted()) {
      return joined(policies, current, told, lineages.get());
    }
    if (JoinedState.keepsAll(policies, told, current.state())) {
      return joined(policies, current, told, current.stored().lineage());
    }
    CurrentSession distrusted = distrusted(session, current);
    return joined(policies, distrusted, told(session, policies, asOf), lineages.get());
  }

  private SessionState told(SessionKey session, PolicySet policies, Instant asOf) {
    SessionPast past =
        history.livePast(
            session,
            idle,
            asOf,
            policies.followsSequences()
                ? SessionHistory.Detail.EVERY_CALL
                : SessionHistory.Detail.ALIKE_ONCE);
    return SessionReplay.replay(policies, past);
  }

  /// If other calls were faster, what is written later will not be stored either.
  private CurrentSession distrusted(SessionKey session, CurrentSession current) {
    String text = SessionCodec.encode(current.distrusted());
    return texts.replaceText(session, current, text)
        ? CurrentSession.stored(current.live(), text, current.stored())
        : current;
  }

  private static CurrentSession joined(
      PolicySet policies, CurrentSession current, SessionState told, String lineage) {
    SessionState known = current.state();
    return current.rebuilt(
        known.equals(SessionState.NEW) ? told : JoinedState.of(policies, told, known), lineage);
  }
}
