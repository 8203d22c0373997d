package dev.interceptor.server.audit;

import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.Finding;
import dev.interceptor.core.tlog.LogRow;
import dev.interceptor.core.tlog.LogVerdict;
import dev.interceptor.core.tlog.LogVerification;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.TreeHash;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/// Verifies the whole log in the database: rows, tiles, head, checkpoints, and the index of what
/// decisions charge. SPEC §9.
///
/// *Guarantees*: reads one snapshot, so that a log that grows meanwhile is not broken for it; takes
/// the same memory for any number of rows; changes nothing.
public final class LogAudit {
  private LogAudit() {}

  /// @param database for statements that may take long
  /// @param keys the log's; several if it was changed
  /// @param kept checkpoints that were kept elsewhere, signed by one of the keys
  /// @param progress is told, now and then, how many rows were looked at
  /// @throws dev.interceptor.server.failure.InterceptorException AUDIT_UNAVAILABLE if the database
  ///   cannot be read
  public static LogVerdict verify(
      DataSource database, List<NoteKey> keys, List<Checkpoint> kept, LongConsumer progress) {
    return JooqLogReader.inSnapshot(database, reader -> verify(reader, keys, kept, progress));
  }

  static LogVerdict verify(
      JooqLogReader reader, List<NoteKey> keys, List<Checkpoint> kept, LongConsumer progress) {
    long keptFrom = reader.keptFrom(keys);
    var walk = new LogVerification(reader.head(), kept, reader, keys, keptFrom);
    var count = new long[1];
    reader.rows(
        LogSelection.ALL,
        row -> {
          count[0]++;
          if (count[0] % 10_000 == 0) {
            progress.accept(count[0]);
          }
          return walk.accept(row(row, keys));
        });
    LogVerdict verdict = walk.finish();
    Optional<Finding> charges = reader.chargesFinding(keptFrom);
    return charges.map(verdict::with).orElse(verdict);
  }

  private static LogRow row(JooqAuditRows.Stored row, List<NoteKey> keys) {
    return new LogRow(
        row.idx(),
        row.leaf(),
        row.entry().map(entry -> TreeHash.leaf(entry.canonical())),
        row.entry().map(entry -> RetentionNote.keptFrom(entry, keys)).orElse(OptionalLong.empty()));
  }
}
