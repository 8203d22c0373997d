package dev.interceptor.server.audit;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;

/// Broken on purpose: the row is written after the proof of it was handed out.
public final class PromisingLog extends OpenedDecisionLog {
  public PromisingLog(DecisionLog log) {
    super(log);
  }

  @Override
  public RecordedPermit recordPermit(DecisionRecord row) {
    Thread.ofVirtual().start(() -> super.recordPermit(row));
    return RecordedPermit.afterCommit(row);
  }
}
