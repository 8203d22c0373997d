package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_HEAD;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.TreeHash;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.SQLDialect;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;

/// Appends to the audit log within a transaction of the caller's.
///
/// *Guarantees*: entries of all instances have one order without gaps, because whoever appends
/// holds the head's lock until the commit. It has to be the transaction's last lock.
public final class JooqAuditLog {
  private static final int ONLY = 1;

  private JooqAuditLog() {}

  /// An entry, with what a thread that does not hold the lock has computed already.
  record Hashed(LogEntry entry, Sha256 leaf) {
    static Hashed of(LogEntry entry) {
      return new Hashed(entry, TreeHash.leaf(entry.canonical()));
    }
  }

  /// Appends `entries` in their order.
  ///
  /// @param transaction a transaction that the caller commits
  ///
  /// @throws InterceptorException AUDIT_UNAVAILABLE if the log is not as it was left
  public static void append(DSLContext transaction, List<LogEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    var _ = append(transaction, locked(transaction), entries.stream().map(Hashed::of).toList());
  }

  static void adopt(DataSource database) {
    JooqAuditAdoption.adopt(DSL.using(database, SQLDialect.POSTGRES));
  }

  /// The head, locked until the transaction ends.
  ///
  /// @throws InterceptorException AUDIT_UNAVAILABLE if older rows have no place in the log yet
  static Frontier locked(DSLContext transaction) {
    return adopted(transaction, lockedAsItIs(transaction));
  }

  /// @throws InterceptorException AUDIT_UNAVAILABLE if older rows have no place in the log yet
  static Frontier adopted(DSLContext dsl, Frontier head) {
    if (JooqAuditAdoption.isDue(dsl, head)) {
      throw InterceptorException.of(
          ErrorCode.AUDIT_UNAVAILABLE,
          "older rows are not taken over into the audit log yet: run `./interceptor migrate`");
    }
    return head;
  }

  static Frontier lockedAsItIs(DSLContext transaction) {
    return frontier(selectHead(transaction).forUpdate().fetchSingle());
  }

  /// The head as it is.
  static Frontier head(DSLContext dsl) {
    return frontier(selectHead(dsl).fetchSingle());
  }

  private static SelectConditionStep<Record2<Long, byte[]>> selectHead(DSLContext dsl) {
    return dsl.select(AUDIT_HEAD.SIZE, AUDIT_HEAD.FRONTIER)
        .from(AUDIT_HEAD)
        .where(AUDIT_HEAD.ID.eq(ONLY));
  }

  private static Frontier frontier(Record2<Long, byte[]> head) {
    return Frontier.of(head.value1(), head.value2());
  }

  /// @param head the locked head
  /// @return the head after it
  static Frontier append(DSLContext transaction, Frontier head, List<Hashed> entries) {
    return tryAppend(transaction, head, entries)
        .orElseThrow(() ->
            InterceptorException.of(
                ErrorCode.AUDIT_UNAVAILABLE, "the audit log's head changed under a lock"));
  }

  /// Appends if the head is still `head`, and takes its lock; else does nothing.
  ///
  /// @param entries at least one
  static Optional<Frontier> tryAppend(DSLContext transaction, Frontier head, List<Hashed> entries) {
    Frontier next = head;
    for (Hashed entry : entries) {
      next = next.append(entry.leaf());
    }
    int inserted =
        transaction.execute(
            """
            WITH moved AS (
              UPDATE audit_head SET size = {0}, frontier = {1}
              WHERE id = 1 AND size = {2} AND frontier = {3} RETURNING id)
            INSERT INTO audit_log
            SELECT entry.* FROM moved, json_populate_recordset(NULL::audit_log, {4}::json) entry
            """,
            DSL.val(next.size()),
            DSL.val(next.toBytes()),
            DSL.val(head.size()),
            DSL.val(head.toBytes()),
            DSL.val(rows(head.size(), entries)));
    if (inserted == 0) {
      return Optional.empty();
    }
    JooqAuditTiles.complete(transaction, head.size(), leaves(entries));
    return Optional.of(next);
  }

  private static List<Sha256> leaves(List<Hashed> entries) {
    return entries.stream().map(Hashed::leaf).toList();
  }

  /// The rows as JSON: each entry as it is hashed, with its place before it.
  private static String rows(long first, List<Hashed> entries) {
    var rows = new StringBuilder(entries.size() * 800).append('[');
    long idx = first;
    for (Hashed hashed : entries) {
      if (idx > first) {
        rows.append(',');
      }
      rows.append("{\"idx\":").append(idx).append(",\"leaf_hash\":\"\\\\x");
      rows.append(hashed.leaf().hex()).append("\",");
      String entry = new String(hashed.entry().canonical(), StandardCharsets.UTF_8);
      rows.append(entry, 1, entry.length());
      idx++;
    }
    return rows.append(']').toString();
  }
}
