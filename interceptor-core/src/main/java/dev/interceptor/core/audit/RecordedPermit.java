package dev.interceptor.core.audit;

import dev.interceptor.core.decision.Decision;

/// Proof that a permit is durable in the decision log. The minter takes nothing less.
///
/// Only the decision log may call `afterCommit`; an architecture test holds that.
public final class RecordedPermit {
  private final DecisionRecord row;
  private final Decision.Permit permit;

  private RecordedPermit(DecisionRecord row, Decision.Permit permit) {
    this.row = row;
    this.permit = permit;
  }

  /// @param row the row that has been committed
  /// @throws IllegalArgumentException if the row records a denial
  public static RecordedPermit afterCommit(DecisionRecord row) {
    if (row.decision() instanceof Decision.Permit permit) {
      return new RecordedPermit(row, permit);
    }
    throw new IllegalArgumentException("a denial cannot become a permit");
  }

  public DecisionRecord row() {
    return row;
  }

  public Decision.Permit permit() {
    return permit;
  }
}
