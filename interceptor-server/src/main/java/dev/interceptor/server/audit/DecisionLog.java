package dev.interceptor.server.audit;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.session.Label;
import dev.interceptor.server.session.SessionHistory;
import dev.interceptor.server.session.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import javax.sql.DataSource;

/// The record of every decision and of what became of it.
///
/// *Guarantees*: when `recordPermit` or `recordDenial` returns, the row is committed; a row whose
/// writing was given up never permits. Rows are written in batches, one commit a batch. An outcome
/// is kept until it is written: while too many wait, permits are refused instead. *Does not*: retry
/// a decision's row.
///
/// The methods throw `InterceptorException` AUDIT_UNAVAILABLE when the row is not known to be
/// durable by the deadline.
public interface DecisionLog extends SessionHistory, AutoCloseable {
  /// @param deadline how long a caller waits for its row, at most
  static DecisionLog postgres(DataSource database, Duration deadline) {
    var log = new JooqDecisionLog(database, deadline);
    log.start();
    return log;
  }

  /// Takes rows that were recorded before the log had a tree over into it; the last step of a
  /// migration.
  ///
  /// @param database for statements that may take long
  static void adopt(DataSource database) {
    JooqAuditLog.adopt(database);
  }

  /// How many of these decisions are on record as permits.
  static long recordedPermits(DataSource database, Collection<String> decisionIds) {
    return JooqAuditRows.countPermits(database, decisionIds);
  }

  /// INVARIANT (NothingSignedBeforeRecorded): the result is the only way to a token.
  ///
  /// @throws IllegalArgumentException if the row records a denial
  RecordedPermit recordPermit(DecisionRecord row);

  void recordDenial(DecisionRecord row);

  /// Whether some other call of the session brings one of these tags and may still bring data with
  /// it: it was permitted and has no outcome yet, or its token was issued to the caller after
  /// `issuedAfter`.
  ///
  /// @param except the decision that asks
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if the log
  ///   cannot be read in time
  boolean hasOpenSources(
      SessionKey session, SortedSet<Label> labels, String except, Instant issuedAfter);

  /// Queues the outcome of a recorded permit.
  void record(OutcomeRecord outcome);

  /// As `record`, and waits until the row is committed.
  void recordNow(OutcomeRecord outcome);

  /// Appends entries, all or none, and waits until they are committed.
  void append(List<LogEntry> entries);

  /// Queues an entry that no call waits for, if there is room: such entries leave most of it to
  /// those that calls depend on.
  ///
  /// @return whether it is queued, and so is not lost any more
  boolean note(LogEntry entry);

  /// Whether a row could be written now.
  boolean isUsable();

  /// Writes what is queued, for at most a few seconds, and stops.
  @Override
  void close();
}
