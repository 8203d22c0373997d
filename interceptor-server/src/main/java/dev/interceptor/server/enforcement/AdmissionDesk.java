package dev.interceptor.server.enforcement;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.enforcement.SessionDecisions.Decided;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import dev.interceptor.server.upstream.ToolServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;

/// Puts decisions on record and lets on what they permit: signed after the record, and only if the
/// session still holds what the decision relied on.
final class AdmissionDesk {
  private static final SortedSet<Label> NOTHING = Collections.emptySortedSet();

  private final SessionStore sessions;
  private final DecisionLog log;
  private final ApprovalDesk approvals;
  private final TokenMinter minter;
  private final FlowMetrics metrics;
  private final InstantSource clock;

  AdmissionDesk(
      SessionStore sessions,
      DecisionLog log,
      ApprovalDesk approvals,
      TokenMinter minter,
      FlowMetrics metrics,
      InstantSource clock) {
    this.sessions = sessions;
    this.log = log;
    this.approvals = approvals;
    this.minter = minter;
    this.metrics = metrics;
    this.clock = clock;
  }

  /// What became of a decided call.
  sealed interface Admission {
    record No(Outcome outcome) implements Admission {}

    record Yes(AdmittedCall call) implements Admission {}
  }

  /// A call that was permitted and recorded, and that its session still knew afterwards.
  static final class AdmittedCall {
    private final Asked asked;
    private final SessionStore.Reserved reserved;
    private final RecordedPermit recorded;
    private final Optional<AuthorizedCall> signed;

    private AdmittedCall(
        Decided decided, RecordedPermit recorded, Optional<AuthorizedCall> signed) {
      this.asked = decided.asked();
      this.reserved = decided.reserved();
      this.recorded = recorded;
      this.signed = signed;
    }

    String decisionId() {
      return recorded.row().decisionId();
    }

    SessionKey session() {
      return asked.session();
    }

    PolicySet policies() {
      return asked.policy();
    }

    ToolServer server() {
      return asked.server();
    }

    SessionStore.Reserved reserved() {
      return reserved;
    }

    Decision.Permit permit() {
      return recorded.permit();
    }

    /// Its token, where it is to get one.
    Optional<AuthorizedCall> signed() {
      return signed;
    }

    /// @throws IllegalStateException if it is a call that nothing is sent of
    AuthorizedCall authorized() {
      return signed.orElseThrow(() ->
          new IllegalStateException("decision " + decisionId() + " was asked for without a token"));
    }

    /// The rules about what its tool returns.
    List<ResultRule> resultRules() {
      return asked.plan().resultRules();
    }
  }

  /// Records the decision, whatever it is; a permit spends the approval that it was decided with.
  Admission admit(Decided decided) {
    DecisionRecord row = decided.row();
    SessionId session = row.session();
    return switch (row.decision()) {
      case Decision.Deny deny -> {
        recordDenial(row);
        yield new Admission.No(new Outcome.Refused(row.decisionId(), session, deny));
      }
      case Decision.RequireApproval demand -> {
        recordDenial(row);
        Optional<ApprovalId> filed = approvals.file(row, decided.asked(), demand);
        yield new Admission.No(
            new Outcome.AwaitingApproval(row.decisionId(), session, demand, filed));
      }
      case Decision.Permit permit -> {
        decided.claim().spendOn(permit);
        yield new Admission.Yes(permitted(decided));
      }
    };
  }

  /// What the store forgot before it was on record, another decision may have been made without.
  /// Redis is asked while the token is signed; the token stays here until it has answered.
  private AdmittedCall permitted(Decided decided) {
    RecordedPermit recorded = metrics.time(Stage.RECORD, () -> log.recordPermit(decided.row()));
    try {
      BooleanSupplier held = sessions.stillHolds(decided.asked().session(), decided.reserved());
      Optional<AuthorizedCall> signed = signed(recorded, decided.asked());
      if (!metrics.time(Stage.RECHECK, held::getAsBoolean)) {
        throw InterceptorException.of(
            ErrorCode.STATE_UNAVAILABLE, "the session was lost before the call was on record");
      }
      return new AdmittedCall(decided, recorded, signed);
    } catch (InterceptorException e) {
      notDelivered(decided.row());
      throw e;
    }
  }

  private Optional<AuthorizedCall> signed(RecordedPermit recorded, Asked asked) {
    return asked.needsToken()
        ? Optional.of(
            metrics.time(
                Stage.MINT, () -> minter.mint(recorded, asked.call(), asked.server().audience())))
        : Optional.empty();
  }

  private void notDelivered(DecisionRecord row) {
    log.record(
        new OutcomeRecord(
            row.decisionId(),
            clock.instant(),
            OutcomeRecord.Status.NOT_DELIVERED,
            NOTHING,
            Duration.ZERO));
  }

  private void recordDenial(DecisionRecord row) {
    boolean _ =
        metrics.time(
            Stage.RECORD,
            () -> {
              log.recordDenial(row);
              return true;
            });
  }
}
