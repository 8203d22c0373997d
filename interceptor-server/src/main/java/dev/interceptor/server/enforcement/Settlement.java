package dev.interceptor.server.enforcement;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.enforcement.AdmissionDesk.AdmittedCall;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Inspection;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores what the session and the log have to remember of a call before the caller learns
/// anything.
final class Settlement {
  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

  /// A verifier's leeway and the difference of two instances' clocks.
  private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

  private static final SortedSet<Label> NOTHING = Collections.emptySortedSet();

  private final SessionStore sessions;
  private final DecisionLog log;
  private final FlowMetrics metrics;
  private final InstantSource clock;
  private final Duration tokenLifetime;

  Settlement(
      SessionStore sessions,
      DecisionLog log,
      FlowMetrics metrics,
      InstantSource clock,
      Duration tokenLifetime) {
    this.sessions = sessions;
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
    this.tokenLifetime = tokenLifetime;
  }

  /// INVARIANT (UnknownCountsAsDone): tags stay whatever became of the call; they leave only
  /// through a sanitizer whose answer came back without an error and brought no tags, while nothing
  /// else happened in the session, and only once the log says so.
  ///
  /// @return the tags that the session carries now
  SortedSet<Label> settle(
      AdmittedCall call, OutcomeRecord.Status status, Inspection seen, Duration took) {
    return metrics.time(
        Stage.SETTLE,
        () ->
            seen.labels().isEmpty()
                ? settleQuietly(call, status, seen, took)
                : settleTags(call, status, seen, took));
  }

  private SortedSet<Label> settleQuietly(
      AdmittedCall call, OutcomeRecord.Status status, Inspection seen, Duration took) {
    SessionKey session = call.session();
    PolicySet policy = call.policies();
    boolean removes = status == OutcomeRecord.Status.COMPLETED && mayRemove(call);
    SortedSet<Label> removed = removes ? call.permit().removed() : NOTHING;
    OutcomeRecord outcome = outcome(call, status, removed, seen, 0, took);
    if (removes) {
      log.recordNow(outcome);
      return sessions.remove(session, policy, call.reserved()).labels();
    }
    log.record(outcome);
    sessions.confirm(session, policy, call.reserved());
    return call.permit().reserved().labels();
  }

  /// The result brought tags: the session has them before the log does, so that the log can say
  /// under which version, and is asked again afterwards, because it may have forgotten them
  /// meanwhile.
  private SortedSet<Label> settleTags(
      AdmittedCall call, OutcomeRecord.Status status, Inspection seen, Duration took) {
    SessionKey session = call.session();
    PolicySet policy = call.policies();
    long version = sessions.add(session, policy, call.reserved(), seen.labels()).version();
    log.recordNow(outcome(call, status, NOTHING, seen, version, took));
    return sessions.confirmAdded(session, policy, call.reserved(), seen.labels()).labels();
  }

  private OutcomeRecord outcome(
      AdmittedCall call,
      OutcomeRecord.Status status,
      SortedSet<Label> removed,
      Inspection seen,
      long version,
      Duration took) {
    var delivery =
        switch (seen.delivery()) {
          case Inspection.Delivery.Given _ -> OutcomeRecord.Delivery.GIVEN;
          case Inspection.Delivery.Withheld _ -> OutcomeRecord.Delivery.WITHHELD;
        };
    var results = new OutcomeRecord.Results(seen.determining(), seen.labels(), version, delivery);
    return new OutcomeRecord(call.decisionId(), clock.instant(), status, removed, results, took);
  }

  /// Whether no other call may still bring the tagged data with it: none under way, no token
  /// abroad.
  private boolean mayRemove(AdmittedCall call) {
    SortedSet<Label> removed = call.permit().removed();
    if (removed.isEmpty()) {
      return false;
    }
    Instant oldestToken = clock.instant().minus(tokenLifetime).minus(CLOCKS_APART);
    try {
      return !log.hasOpenSources(call.session(), removed, call.decisionId(), oldestToken)
          && sessions.isUntouchedSince(call.session(), call.policies(), call.reserved());
    } catch (InterceptorException e) {
      LOG.warn("tags stay after decision {}: {}", call.decisionId(), e.getMessage());
      return false;
    }
  }
}
