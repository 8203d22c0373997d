package dev.interceptor.server.audit;

import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.LogEvidence;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.server.guard.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// Copies of the log for other places: its entries, and its signed checkpoints.
public final class LogExport {
  private LogExport() {}

  /// One line of JSON an entry: `idx`, and `entry` in its canonical form, with what a reader would
  /// not see as itself escaped. A row that is no entry is told as such.
  ///
  /// @param database for statements that may take long
  /// @param line takes lines without their break
  public static void entries(DataSource database, LogSelection selection, Consumer<String> line) {
    JooqLogReader.<Optional<Void>>inSnapshot(
        database,
        reader -> {
          reader.rows(
              selection,
              row -> {
                line.accept(line(row));
                return true;
              });
          return Optional.empty();
        });
  }

  private static String line(JooqAuditRows.Stored row) {
    String entry =
        row.entry()
            .map(found -> VisibleText.of(new String(found.canonical(), StandardCharsets.UTF_8)))
            .orElse("null");
    return "{\"idx\":" + row.idx() + ",\"entry\":" + entry + '}';
  }

  /// @param foreign those that none of the keys signed
  public record Counted(long written, long foreign) {}

  /// Every stored checkpoint that one of the keys signed, the oldest first, as its note.
  public static Counted checkpoints(
      DataSource database, List<NoteKey> keys, Consumer<String> note) {
    return JooqLogReader.inSnapshot(
        database,
        reader -> {
          long count = 0;
          long foreign = 0;
          Optional<LogEvidence.StoredCheckpoint> next = reader.checkpointAbove(-1);
          while (next.isPresent()) {
            LogEvidence.StoredCheckpoint stored = next.get();
            if (Checkpoint.open(stored.note().getBytes(StandardCharsets.UTF_8), keys).isPresent()) {
              note.accept(stored.note());
              count++;
            } else {
              foreign++;
            }
            next = reader.checkpointAbove(next.get().size());
          }
          return new Counted(count, foreign);
        });
  }
}
