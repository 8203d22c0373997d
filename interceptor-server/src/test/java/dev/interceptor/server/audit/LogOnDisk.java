package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.LogVerdict;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.tlog.TreeHash;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/// A log in a PostgreSQL of its own, and what the owner of that database can do to it.
final class LogOnDisk {
  static final NoteSigner SIGNER =
      new NoteSigner(CheckpointTerms.ORIGIN, SigningKey.ofSeed(new byte[32]));

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  private final DatabaseConfig config = TestServices.freshDatabase();
  private final DataSource database = Database.patient(config);
  private final TreeMap<Integer, Frontier> trees = new TreeMap<>();
  private final DSLContext sql = DSL.using(database, SQLDialect.POSTGRES);

  private LogOnDisk() {}

  /// What is done to the log, in a transaction that is rolled back.
  interface Work {
    void run(DSLContext sql);
  }

  /// A log of so many entries, one in three of them a decision that charges, signed after every
  /// `every` entries.
  static LogOnDisk of(int size, int every) {
    var log = new LogOnDisk();
    log.fill(size, every);
    return log;
  }

  private void fill(int size, int every) {
    Frontier tree = Frontier.EMPTY;
    trees.put(0, tree);
    var entries = new ArrayList<LogEntry>();
    for (int i = 0; i < size; i++) {
      LogEntry entry = entry(i);
      entries.add(entry);
      tree = tree.append(TreeHash.leaf(entry.canonical()));
      trees.put(i + 1, tree);
    }
    for (int from = 0; from < size; from += 64) {
      List<LogEntry> batch = entries.subList(from, Math.min(size, from + 64));
      sql.transaction(transaction -> JooqAuditLog.append(transaction.dsl(), batch));
    }
    sql.execute(
        """
        INSERT INTO decision_charges (decision_id, customer_id, counter, amount)
        SELECT decision_id, customer_id, split_part(charges[1], ' ', 2),
          split_part(charges[1], ' ', 1)::bigint
        FROM audit_log WHERE charges IS NOT NULL
        """);
    for (int n = every; n <= size; n += every) {
      sql.execute(
          "INSERT INTO audit_checkpoints (size, at, note) VALUES ({0}, now(), {1})",
          DSL.val((long) n), DSL.val(checkpoint(n).signedBy(SIGNER)));
    }
  }

  private static LogEntry entry(int i) {
    Instant at = START.plusMillis(i * 10L);
    LogEntry.Builder entry =
        i % 3 == 0
            ? LogEntry.of(LogEntry.Kind.DECISION, at)
                .text("decision_id", new UUID(7, i).toString())
                .text("customer_id", "acme")
                .text("tool", "read_file")
                .text("outcome", "permit")
                .texts("labels_before", List.of("pii", "secret"))
                .texts("charges", List.of("5 calls/" + i))
            : LogEntry.of(i % 3 == 1 ? LogEntry.Kind.OUTCOME : LogEntry.Kind.AUTHENTICATION, at)
                .text("customer_id", "acme")
                .text("outcome", "succeeded")
                .number("upstream_micros", i);
    return entry.build();
  }

  int size() {
    return trees.lastKey();
  }

  Checkpoint checkpoint(int size) {
    return Checkpoint.of(CheckpointTerms.ORIGIN, trees.getOrDefault(size, Frontier.EMPTY));
  }

  private static final class TakenBack extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /// Changes the log without its triggers, looks at it, and takes the changes back.
  void changed(Work work) {
    try {
      sql.transaction(transaction -> {
        transaction.dsl().execute("SET LOCAL session_replication_role = replica");
        work.run(transaction.dsl());
        throw new TakenBack();
      });
    } catch (TakenBack _) {
      return;
    }
    throw new IllegalStateException("the changes were kept");
  }

  LogVerdict verify() {
    return LogAudit.verify(database, List.of(SIGNER.verifier()), List.of(), _ -> {});
  }

  /// As the changed transaction sees the log.
  LogVerdict verify(DSLContext changed, Checkpoint... kept) {
    return LogAudit.verify(
        new JooqLogReader(changed), List.of(SIGNER.verifier()), List.of(kept), _ -> {});
  }

  /// Gives the row the hash of what it holds now.
  void rehash(DSLContext sql, long idx) {
    List<JooqAuditRows.Stored> rows =
        JooqAuditRows.select(sql, DSL.condition("idx = {0}", DSL.val(idx)))
            .fetch()
            .map(JooqAuditRows::stored);
    for (JooqAuditRows.Stored row : rows) {
      Sha256 leaf = TreeHash.leaf(row.entry().orElseThrow().canonical());
      sql.execute(
          "UPDATE audit_log SET leaf_hash = {0} WHERE idx = {1}",
          DSL.val(leaf.bytes()), DSL.val(idx));
    }
  }

  /// Makes tiles and head fit the rows.
  void settle(DSLContext sql) {
    sql.execute("DELETE FROM audit_tiles");
    List<Sha256> leaves = new JooqLogReader(sql).rowHashes(0, 100_000);
    Frontier tree = Frontier.EMPTY;
    for (int from = 0; from < leaves.size(); from += 256) {
      List<Sha256> tile = leaves.subList(from, Math.min(leaves.size(), from + 256));
      JooqAuditTiles.complete(sql, from, tile);
      for (Sha256 leaf : tile) {
        tree = tree.append(leaf);
      }
    }
    settleHead(sql, tree);
  }

  void settleHead(DSLContext sql, Frontier tree) {
    sql.execute(
        "UPDATE audit_head SET size = {0}, frontier = {1}",
        DSL.val(tree.size()), DSL.val(tree.toBytes()));
  }

  /// Makes the log one of `size` entries, wherever its end shows.
  void truncate(DSLContext sql, int size) {
    sql.execute("DELETE FROM audit_log WHERE idx >= {0}", DSL.val(size));
    sql.execute("DELETE FROM audit_checkpoints WHERE size > {0}", DSL.val(size));
    sql.execute("DELETE FROM decision_charges");
    sql.execute(
        """
        INSERT INTO decision_charges (decision_id, customer_id, counter, amount)
        SELECT decision_id, customer_id, split_part(charges[1], ' ', 2),
          split_part(charges[1], ' ', 1)::bigint
        FROM audit_log WHERE charges IS NOT NULL
        """);
    settle(sql);
  }
}
