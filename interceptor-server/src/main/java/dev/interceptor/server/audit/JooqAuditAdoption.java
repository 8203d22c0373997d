package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_HEAD;
import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.TileHashes;
import dev.interceptor.core.tlog.TreeHash;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;

/// Gives the rows that were recorded before there was a tree their place in it, once, as the last
/// step of a migration: a log that has a tree takes nothing in that was not appended.
final class JooqAuditAdoption {
  private JooqAuditAdoption() {}

  /// @param database for statements that may take long
  static void adopt(DSLContext database) {
    database.transaction(transaction -> {
      DSLContext dsl = transaction.dsl();
      if (JooqAuditLog.lockedAsItIs(dsl).size() == 0) {
        adoptAll(dsl);
      }
    });
  }

  /// Whether rows wait for [#adopt].
  ///
  /// @param head of the log
  static boolean isDue(DSLContext dsl, Frontier head) {
    return head.size() == 0 && dsl.fetchExists(AUDIT_LOG, AUDIT_LOG.LEAF_HASH.isNull());
  }

  private static void adoptAll(DSLContext dsl) {
    Frontier head = Frontier.EMPTY;
    try (Cursor<? extends Record> rows =
        JooqAuditRows.select(dsl, AUDIT_LOG.LEAF_HASH.isNull())
            .fetchSize(TileHashes.WIDTH)
            .fetchLazy()) {
      while (rows.hasNext()) {
        var leaves = new ArrayList<Sha256>();
        for (Record row : rows.fetchNext(TileHashes.WIDTH)) {
          leaves.add(leaf(JooqAuditRows.stored(row), head.size() + leaves.size()));
        }
        head = adopt(dsl, head, leaves);
      }
    }
    dsl.update(AUDIT_HEAD)
        .set(AUDIT_HEAD.SIZE, head.size())
        .set(AUDIT_HEAD.FRONTIER, head.toBytes())
        .execute();
  }

  private static Sha256 leaf(JooqAuditRows.Stored row, long expected) {
    if (row.idx() != expected || row.entry().isEmpty()) {
      throw new IllegalStateException("the audit log cannot be taken over at row " + expected);
    }
    return TreeHash.leaf(row.entry().get().canonical());
  }

  private static Frontier adopt(DSLContext dsl, Frontier head, List<Sha256> leaves) {
    Frontier next = head;
    for (Sha256 leaf : leaves) {
      dsl.update(AUDIT_LOG)
          .set(AUDIT_LOG.LEAF_HASH, leaf.bytes())
          .where(AUDIT_LOG.IDX.eq(next.size()))
          .execute();
      next = next.append(leaf);
    }
    JooqAuditTiles.complete(dsl, head.size(), leaves);
    return next;
  }
}
