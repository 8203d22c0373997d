package dev.interceptor.server.session;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Session state, read and changed as one step.
///
/// *Guarantees*: a permit's reservation is stored before `decide` returns, and only if the state it
/// was decided on is still the current one; state that is missing, or older than the decision log,
/// is rebuilt from the log first. *Does not*: decide, or invent an empty state for a session that
/// the log knows.
///
/// Every method throws `InterceptorException`: STATE_UNAVAILABLE when the store or the log cannot
/// be asked in time, SESSION_CONFLICT when other calls kept changing the session.
public interface SessionStore extends AutoCloseable {
  /// Runs `decider` on the current state and stores what a permit reserves and charges, all or
  /// nothing; `decider` may run several times.
  ///
  /// @param counters the customer's counters that the decision needs
  Reserved decide(SessionKey session, PolicySet policies, List<String> counters, Decider decider);

  /// Asks whether the state that `reserved` was decided on, and what it left there and charged, is
  /// still part of what the store knows. To be asked once the permit is on record and before it
  /// takes effect: if it holds then, whoever rebuilds the state later finds the permit in the log;
  /// if not, another call may have been decided without it.
  ///
  /// INVARIANT (RacingCallsCannotBothPass).
  ///
  /// @return waits for the answer, so that the caller can do something else meanwhile
  BooleanSupplier stillHolds(SessionKey session, Reserved reserved);

  /// Makes sure, before the first byte of a reply leaves, that the session still knows what was
  /// reserved: state that was lost or rebuilt since is rebuilt from the log, which has the permit
  /// by now.
  ///
  /// INVARIANT (LabelsBeforeReply).
  void confirm(SessionKey session, PolicySet policies, Reserved reserved);

  /// Whether nothing has happened in the session since `reserved`: no other call that changed it or
  /// has to do with tags.
  boolean isUntouchedSince(SessionKey session, PolicySet policies, Reserved reserved);

  /// Takes the tags that a sanitizer's permit removes from the session, once the sanitizer has done
  /// its work and the log says so; if something has happened since `reserved` they stay.
  ///
  /// @return the state as it is then
  SessionState remove(SessionKey session, PolicySet policies, Reserved reserved);

  /// Adds the tags that a call's result brought, under a new version that a removal under way will
  /// notice; state that was lost since `reserved` is rebuilt from the log first.
  ///
  /// @return the state as it is then
  SessionState add(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels);

  /// As `confirm`, of a call whose result brought tags, which the log has by now.
  ///
  /// INVARIANT (LabelsBeforeReply).
  ///
  /// @return the state as it is then
  SessionState confirmAdded(
      SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels);

  /// Connects in the background; calls before that, or without Redis, are refused.
  static SessionStore redis(
      RedisSettings settings,
      SessionHistory history,
      InstantSource clock,
      Supplier<String> lineages) {
    var link = new RedisLink(settings.url(), settings.timeout());
    link.open();
    return new RedisSessionStore(link, history, settings, clock, lineages);
  }

  /// Whether the store answers now.
  boolean isUsable();

  @Override
  void close();

  /// Decides on a session's state and on what the customer has used up.
  interface Decider {
    Decision decide(SessionState state, Usage usage);
  }

  /// A decision and the state it was made on.
  ///
  /// @param lineage identifies the unbroken history that the reservation is part of
  /// @param counters the customer's counters that were read, each with its epoch and lineage
  record Reserved(
      Decision decision, SessionState before, String lineage, Map<String, String> counters) {
    /// Of a call that is charged to no period.
    public Reserved(Decision decision, SessionState before, String lineage) {
      this(decision, before, lineage, Map.of());
    }

    /// Whether the state after a permit says anything, be it by this call or by those before it.
    boolean isPartOfAState() {
      return decision instanceof Decision.Permit permit
          && !permit.reserved().equals(SessionState.NEW);
    }

    /// Whether losing the state now could forget something that this decision put there or relied
    /// on adding.
    public boolean leftATrace() {
      return decision instanceof Decision.Permit permit
          && permit.reserved().version() != before.version();
    }
  }
}
