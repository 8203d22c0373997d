package dev.interceptor.server.enforcement;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.server.approval.ApprovalDemand;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.ApprovalStore.Filing;
import dev.interceptor.server.approval.ShownArguments;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.telemetry.FlowMetrics;
import dev.interceptor.server.telemetry.FlowMetrics.Stage;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a call's approval is taken before the call is decided, and where a call that needs one is
/// left for a person to see.
final class ApprovalDesk {
  private static final Logger LOG = LoggerFactory.getLogger(ApprovalDesk.class);

  private final ApprovalStore approvals;
  private final FlowMetrics metrics;

  ApprovalDesk(ApprovalStore approvals, FlowMetrics metrics) {
    this.approvals = approvals;
    this.metrics = metrics;
  }

  /// What a call holds while it is decided. Closing it gives the approval back, unless it was
  /// spent.
  static final class Claim implements AutoCloseable {
    /// Of a call whose tool never needs an approval.
    static final Claim NONE = new Claim(Optional.empty(), () -> {});

    private final Optional<ApprovalId> approval;
    private final Runnable release;
    private boolean spent;

    private Claim(Optional<ApprovalId> approval, Runnable release) {
      this.approval = approval;
      this.release = release;
    }

    Optional<ApprovalId> approval() {
      return approval;
    }

    /// Keeps what the permit uses up, from before the permit is recorded: whether a row that was
    /// not confirmed is on record is unknown, and unknown counts as done.
    void spendOn(Decision.Permit permit) {
      if (permit.approval().isPresent()) {
        spent = true;
      }
    }

    @Override
    public void close() {
      if (!spent) {
        release.run();
      }
    }
  }

  /// Takes the call's approval. A tool that never needs one costs no question about it.
  Claim claim(Asked asked) {
    return asked.plan().mayNeedApproval()
        ? metrics.time(Stage.APPROVAL, () -> claimed(asked))
        : Claim.NONE;
  }

  private Claim claimed(Asked asked) {
    String decisionId = asked.decisionId();
    return approvals
        .claim(asked.binding(), decisionId, asked.at())
        .map(id -> new Claim(Optional.of(id), () -> release(id, decisionId)))
        .orElse(Claim.NONE);
  }

  /// An approval that cannot be given back is lost, which permits nothing.
  private void release(ApprovalId id, String decisionId) {
    try {
      approvals.release(id, decisionId);
    } catch (InterceptorException e) {
      LOG.warn("approval {} is lost with decision {}: {}", id, decisionId, e.getMessage());
    }
  }

  /// Leaves a refused call for a person to see.
  ///
  /// @param row the refusal as it was recorded; its id names the request, if there is none yet
  /// @return the request's id; empty if too many wait already
  Optional<ApprovalId> file(DecisionRecord row, Asked asked, Decision.RequireApproval demand) {
    return switch (metrics.time(Stage.APPROVAL, () -> filed(row, asked, demand))) {
      case Filing.Waiting waiting -> Optional.of(waiting.id());
      case Filing.Full _ -> {
        metrics.approvalNotFiled();
        LOG.warn(
            "decision {} is not among the requests for approval: too many of customer {} wait",
            row.decisionId(),
            row.principal().customer());
        yield Optional.empty();
      }
    };
  }

  private Filing filed(DecisionRecord row, Asked asked, Decision.RequireApproval demand) {
    return approvals.file(
        new ApprovalId(row.decisionId()),
        asked.binding(),
        new ApprovalDemand(
            row.principal().key(),
            demand.determining(),
            demand.message(),
            row.classes(),
            row.labelsBefore(),
            ShownArguments.of(asked.call())),
        row.at());
  }
}
