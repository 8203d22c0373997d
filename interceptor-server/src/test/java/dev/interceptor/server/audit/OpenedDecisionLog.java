package dev.interceptor.server.audit;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.server.session.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;

/// A decision log with a place for a test to step in.
public class OpenedDecisionLog implements DecisionLog {
  private final DecisionLog log;

  public OpenedDecisionLog(DecisionLog log) {
    this.log = log;
  }

  @Override
  public RecordedPermit recordPermit(DecisionRecord row) {
    return log.recordPermit(row);
  }

  @Override
  public void recordDenial(DecisionRecord row) {
    log.recordDenial(row);
  }

  @Override
  public void record(OutcomeRecord outcome) {
    log.record(outcome);
  }

  @Override
  public void recordNow(OutcomeRecord outcome) {
    log.recordNow(outcome);
  }

  @Override
  public SessionPast livePast(SessionKey session, Duration idle, Instant now, Detail detail) {
    return log.livePast(session, idle, now, detail);
  }

  @Override
  public long used(CustomerId customer, String counter) {
    return log.used(customer, counter);
  }

  @Override
  public boolean hasOpenSources(
      SessionKey session, SortedSet<Label> labels, String except, Instant issuedAfter) {
    return log.hasOpenSources(session, labels, except, issuedAfter);
  }

  @Override
  public void append(List<LogEntry> entries) {
    log.append(entries);
  }

  @Override
  public boolean note(LogEntry entry) {
    return log.note(entry);
  }

  @Override
  public boolean isUsable() {
    return log.isUsable();
  }

  @Override
  public void close() {
    log.close();
  }
}
