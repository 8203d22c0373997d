package dev.interceptor.server.enforcement;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import dev.interceptor.server.upstream.ToolReply;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.SortedSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides a call, records the decision, signs what was permitted, forwards it and settles what
/// came back.
///
/// The order is held by types: the log alone turns a permit into a `RecordedPermit`, the minter
/// alone turns that into an `AuthorizedCall`, and a `ToolServer` takes nothing else. Any failure on
/// the way is an exception and forwards nothing.
public final class EnforcementPoint {
  private static final Logger LOG = LoggerFactory.getLogger(EnforcementPoint.class);

  /// A verifier's leeway and the difference of two instances' clocks.
  private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

  private static final SortedSet<Label> NOTHING = Collections.emptySortedSet();

  private final PolicyStore policies;
  private final PolicyDecisionPoint decisions;
  private final SessionStore sessions;
  private final DecisionLog log;
  private final TokenMinter minter;
  private final ToolServers upstreams;
  private final FlowMetrics metrics;
  private final InstantSource clock;
  private final Supplier<String> decisionIds;

  public EnforcementPoint(
      PolicyStore policies,
      SessionStore sessions,
      DecisionLog log,
      TokenMinter minter,
      ToolServers upstreams,
      FlowMetrics metrics,
      InstantSource clock,
      Supplier<String> decisionIds) {
    this.policies = policies;
    this.decisions = new PolicyDecisionPoint();
    this.sessions = sessions;
    this.log = log;
    this.minter = minter;
    this.upstreams = upstreams;
    this.metrics = metrics;
    this.clock = clock;
    this.decisionIds = decisionIds;
  }

  /// Decides, signs, forwards, and answers with the tool's result.
  ///
  /// @throws InterceptorException if no decision could be reached, recorded, signed or stored
  public Outcome execute(InterceptedCall intercepted) {
    return switch (admit(intercepted)) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> forward(yes);
    };
  }

  /// Decides and signs; the caller sends the call itself.
  ///
  /// @throws InterceptorException if no decision could be reached, recorded, signed or stored
  public Outcome authorize(InterceptedCall intercepted) {
    return switch (admit(intercepted)) {
      case Admission.No no -> no.outcome();
      case Admission.Yes yes -> {
        settle(yes, OutcomeRecord.Status.ISSUED, Duration.ZERO);
        yield new Outcome.Issued(yes.decisionId(), yes.session().session(), yes.call());
      }
    };
  }

  private sealed interface Admission {
    record No(Outcome.Refused outcome) implements Admission {}

    record Yes(
        SessionKey session,
        PolicySet policies,
        ToolServer server,
        SessionStore.Reserved reserved,
        AuthorizedCall call)
        implements Admission {
      String decisionId() {
        return call.permit().row().decisionId();
      }

      Decision.Permit permit() {
        return call.permit().permit();
      }
    }
  }

  private Admission admit(InterceptedCall intercepted) {
    ToolServer server = upstreams.find(intercepted.upstream());
    var call =
        new ToolCall(new ToolRef(server.name(), intercepted.tool()), intercepted.arguments());
    SessionId sessionId = intercepted.session().orElseGet(() -> defaultSession(intercepted));
    var session = new SessionKey(intercepted.principal().customer(), sessionId);
    var request = new DecisionRequest(intercepted.principal(), sessionId, call);
    PolicySet policy = policies.load(intercepted.principal());
    SessionStore.Reserved reserved =
        metrics.time(
            Stage.DECIDE,
            () ->
                sessions.decide(
                    session, policy, state -> decisions.decide(request, policy, state)));
    DecisionRecord row = row(intercepted, sessionId, call, policy, reserved);
    metrics.decided(reserved.decision());
    return switch (reserved.decision()) {
      case Decision.Deny deny -> {
        metrics.time(Stage.RECORD, () -> recordDenial(row));
        yield new Admission.No(new Outcome.Refused(row.decisionId(), sessionId, deny));
      }
      case Decision.Permit _ -> {
        RecordedPermit recorded = metrics.time(Stage.RECORD, () -> log.recordPermit(row));
        AuthorizedCall signed =
            metrics.time(Stage.MINT, () -> minter.mint(recorded, call, server.audience()));
        yield new Admission.Yes(session, policy, server, reserved, signed);
      }
    };
  }

  private boolean recordDenial(DecisionRecord row) {
    log.recordDenial(row);
    return true;
  }

  private static SessionId defaultSession(InterceptedCall intercepted) {
    return new SessionId("default:" + intercepted.principal().key());
  }

  private DecisionRecord row(
      InterceptedCall intercepted,
      SessionId session,
      ToolCall call,
      PolicySet policy,
      SessionStore.Reserved reserved) {
    long version =
        reserved.decision() instanceof Decision.Permit permit
            ? permit.reserved().version()
            : reserved.before().version();
    return new DecisionRecord(
        decisionIds.get(),
        intercepted.requestId(),
        clock.instant(),
        intercepted.entryPoint(),
        intercepted.principal(),
        session,
        call.tool(),
        policy.classes(call.tool()),
        call.arguments().digest(),
        policy.digest(),
        reserved.before().labels(),
        version,
        reserved.decision());
  }

  private Outcome forward(Admission.Yes admitted) {
    Instant start = clock.instant();
    ToolReply reply = metrics.time(Stage.FORWARD, () -> admitted.server().forward(admitted.call()));
    Duration took = Duration.between(start, clock.instant());
    SessionId session = admitted.session().session();
    SortedSet<Label> labels;
    try {
      labels = settle(admitted, status(reply), took);
    } catch (InterceptorException e) {
      LOG.warn("the answer to decision {} is withheld: {}", admitted.decisionId(), e.getMessage());
      return new Outcome.Unanswered(admitted.decisionId(), session, e.code());
    }
    return switch (reply) {
      case ToolReply.Completed completed ->
          new Outcome.Answered(admitted.decisionId(), session, completed.result(), labels);
      case ToolReply.NotDelivered _ ->
          new Outcome.Unanswered(admitted.decisionId(), session, ErrorCode.UPSTREAM_UNREACHABLE);
      case ToolReply.Failed failed ->
          new Outcome.Unanswered(admitted.decisionId(), session, code(failed.fault()));
      case ToolReply.Unknown unknown ->
          new Outcome.Unanswered(admitted.decisionId(), session, code(unknown.fault()));
    };
  }

  private static OutcomeRecord.Status status(ToolReply reply) {
    return switch (reply) {
      case ToolReply.Completed completed ->
          completed.isError() ? OutcomeRecord.Status.TOOL_ERROR : OutcomeRecord.Status.COMPLETED;
      case ToolReply.Failed _ -> OutcomeRecord.Status.FAILED;
      case ToolReply.NotDelivered _ -> OutcomeRecord.Status.NOT_DELIVERED;
      case ToolReply.Unknown _ -> OutcomeRecord.Status.UNKNOWN;
    };
  }

  private static ErrorCode code(ToolReply.Fault fault) {
    return switch (fault) {
      case TIMEOUT -> ErrorCode.UPSTREAM_TIMEOUT;
      case DISCONNECTED, PROTOCOL, REFUSED -> ErrorCode.UPSTREAM_PROTOCOL;
    };
  }

  /// Stores what the session has to remember before the caller learns anything.
  ///
  /// INVARIANT (UnknownCountsAsDone): tags stay whatever became of the call; they leave only
  /// through a sanitizer whose answer came back without an error while nothing else happened in the
  /// session, and only once the log says so.
  private SortedSet<Label> settle(
      Admission.Yes admitted, OutcomeRecord.Status status, Duration took) {
    return metrics.time(Stage.SETTLE, () -> settled(admitted, status, took));
  }

  /// Whether no other call may still bring the tagged data with it: none under way, no token
  /// abroad.
  private boolean mayRemove(Admission.Yes admitted) {
    SortedSet<Label> removed = admitted.permit().removed();
    if (removed.isEmpty()) {
      return false;
    }
    Instant oldestToken = clock.instant().minus(minter.lifetime()).minus(CLOCKS_APART);
    try {
      return !log.hasOpenSources(admitted.session(), removed, admitted.decisionId(), oldestToken)
          && sessions.isUntouchedSince(
              admitted.session(), admitted.policies(), admitted.reserved());
    } catch (InterceptorException e) {
      LOG.warn("tags stay after decision {}: {}", admitted.decisionId(), e.getMessage());
      return false;
    }
  }

  private SortedSet<Label> settled(
      Admission.Yes admitted, OutcomeRecord.Status status, Duration took) {
    SessionKey session = admitted.session();
    PolicySet policy = admitted.policies();
    boolean removes = status == OutcomeRecord.Status.COMPLETED && mayRemove(admitted);
    SortedSet<Label> removed = removes ? admitted.permit().removed() : NOTHING;
    var outcome = new OutcomeRecord(admitted.decisionId(), clock.instant(), status, removed, took);
    if (removes) {
      log.recordNow(outcome);
      return sessions.remove(session, policy, admitted.reserved()).labels();
    }
    log.record(outcome);
    sessions.confirm(session, policy, admitted.reserved());
    return admitted.permit().reserved().labels();
  }
}
