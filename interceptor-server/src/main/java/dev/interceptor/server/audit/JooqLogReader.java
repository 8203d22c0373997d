package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_CHECKPOINTS;
import static dev.interceptor.migrations.tables.Tables.AUDIT_HEAD;
import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static dev.interceptor.migrations.tables.Tables.AUDIT_TILES;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Finding;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.LogEvidence;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.Proofs;
import dev.interceptor.core.tlog.SubtreeHashes;
import dev.interceptor.core.tlog.Tile;
import dev.interceptor.core.tlog.TileHashes;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/// The log as the database has it: its rows, and what is kept beside them.
///
/// The methods throw `InterceptorException` AUDIT_UNAVAILABLE if the database does not answer.
final class JooqLogReader implements LogEvidence {
  private static final int ROWS_AT_ONCE = 1000;
  private static final String CHARGES =
      """
      WITH said AS (
        SELECT l.idx, l.decision_id, l.customer_id,
          split_part(charge, ' ', 1) AS amount,
          substr(charge, strpos(charge, ' ') + 1) AS counter
        FROM audit_log l, unnest(l.charges) charge
        WHERE l.kind = 'decision')
      SELECT coalesce(said.idx, 0) AS idx, said.idx IS NULL AS orphan
      FROM said FULL JOIN decision_charges c
        ON c.decision_id = said.decision_id AND c.counter = said.counter
      WHERE c.decision_id IS NULL
        OR (said.idx IS NULL AND {0} = 0)
        OR said.amount <> c.amount::text OR said.customer_id <> c.customer_id
      ORDER BY said.idx NULLS LAST LIMIT 1
      """;

  private final DSLContext dsl;

  /// @param dsl over one connection in a transaction, where it has to be one snapshot
  JooqLogReader(DSLContext dsl) {
    this.dsl = dsl;
  }

  static JooqLogReader of(DataSource database) {
    return new JooqLogReader(DSL.using(database, SQLDialect.POSTGRES));
  }

  /// Reads in one snapshot of the database, in which nothing is written.
  static <T> T inSnapshot(DataSource database, Function<JooqLogReader, T> read) {
    return of(database)
        .ask(sql ->
            sql.transactionResult(transaction -> {
              DSLContext dsl = transaction.dsl();
              dsl.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
              return read.apply(new JooqLogReader(dsl));
            }));
  }

  private <T> T ask(Function<DSLContext, T> question) {
    try {
      return question.apply(dsl);
    } catch (DataAccessException e) {
      throw unavailable(e);
    }
  }

  private static InterceptorException unavailable(DataAccessException cause) {
    return InterceptorException.of(
        ErrorCode.AUDIT_UNAVAILABLE, "the audit log cannot be read: " + cause.getMessage(), cause);
  }

  Head head() {
    return ask(sql ->
        sql.select(AUDIT_HEAD.SIZE, AUDIT_HEAD.FRONTIER)
            .from(AUDIT_HEAD)
            .fetchOptional(row -> Head.of(row.value1(), row.value2()))
            .orElseGet(() -> Head.of(-1, new byte[0])));
  }

  @Override
  public Optional<Tile> tile(int level, long n) {
    return ask(sql ->
        sql.select(AUDIT_TILES.HASHES, AUDIT_TILES.ROOT)
            .from(AUDIT_TILES)
            .where(AUDIT_TILES.TILE_LEVEL.eq(level), AUDIT_TILES.TILE_INDEX.eq(n))
            .fetchOptional(row -> Tile.of(row.value1(), row.value2())));
  }

  @Override
  public Optional<StoredCheckpoint> checkpointAbove(long size) {
    return ask(sql ->
        sql.select(AUDIT_CHECKPOINTS.SIZE, AUDIT_CHECKPOINTS.NOTE)
            .from(AUDIT_CHECKPOINTS)
            .where(AUDIT_CHECKPOINTS.SIZE.gt(size))
            .orderBy(AUDIT_CHECKPOINTS.SIZE)
            .limit(1)
            .fetchOptional(row -> new StoredCheckpoint(row.value1(), row.value2())));
  }

  /// The newest checkpoint, and when it was signed.
  record Newest(StoredCheckpoint checkpoint, Instant at) {}

  Optional<Newest> newestCheckpoint() {
    return ask(sql ->
        sql.selectFrom(AUDIT_CHECKPOINTS)
            .orderBy(AUDIT_CHECKPOINTS.SIZE.desc())
            .limit(1)
            .fetchOptional(row ->
                new Newest(
                    new StoredCheckpoint(row.getSize(), row.getNote()), row.getAt().toInstant())));
  }

  /// Keeps a checkpoint unless another instance has signed one of that size.
  void insert(StoredCheckpoint checkpoint, Instant at) {
    int _ =
        ask(sql ->
            sql.insertInto(AUDIT_CHECKPOINTS)
                .set(AUDIT_CHECKPOINTS.SIZE, checkpoint.size())
                .set(AUDIT_CHECKPOINTS.AT, OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .set(AUDIT_CHECKPOINTS.NOTE, checkpoint.note())
                .onConflictDoNothing()
                .execute());
  }

  /// The hashes of subtrees; of rows that were let go, from their tiles.
  SubtreeHashes subtrees() {
    return new TileHashes((level, from, count) ->
        level == 0 ? leaves(from, count) : tileRoots(level - 1, from, count));
  }

  /// The tree of that size as tiles and rows give it, or nothing if they do not.
  Optional<Frontier> tree(long size) {
    try {
      return Optional.of(Proofs.frontier(size, subtrees()));
    } catch (IllegalArgumentException incomplete) {
      return Optional.empty();
    }
  }

  private List<Sha256> leaves(long from, int count) {
    int place = (int) (from % TileHashes.WIDTH);
    return tile(0, from / TileHashes.WIDTH)
        .map(Tile::hashes)
        .filter(hashes -> !hashes.isEmpty())
        .map(hashes -> hashes.subList(place, place + count))
        .orElseGet(() -> rowHashes(from, count));
  }

  private List<Sha256> tileRoots(int level, long from, int count) {
    return ask(sql -> JooqAuditTiles.roots(sql, level, from, count));
  }

  /// The leaf hashes of `count` places of one tile: those of the rows, or of the tile if rows are
  /// missing.
  List<Sha256> hashes(long from, int count) {
    List<Sha256> rows = rowHashes(from, count);
    return rows.size() == count ? rows : leaves(from, count);
  }

  /// The leaf hashes that rows hold, from `from` on; fewer where rows or hashes are missing.
  List<Sha256> rowHashes(long from, int count) {
    return ask(sql -> JooqAuditTiles.leaves(sql, from, from + count));
  }

  /// The place from which on rows are kept, as those of the log's own entries say that one of
  /// `keys` signed.
  long keptFrom(List<NoteKey> keys) {
    Condition retention =
        AUDIT_LOG
            .KIND
            .eq(LogEntry.Kind.ADMIN.word())
            .and(AUDIT_LOG.ACTION.eq(RetentionNote.ACTION));
    return ask(sql ->
        JooqAuditRows.select(sql, retention).fetch(JooqAuditRows::stored).stream()
            .flatMap(row -> row.entry().stream())
            .flatMapToLong(entry -> RetentionNote.keptFrom(entry, keys).stream())
            .max()
            .orElse(0));
  }

  /// Walks along the rows by place, in constant memory, while `next` says so.
  void rows(LogSelection selection, Predicate<JooqAuditRows.Stored> next) {
    boolean _ =
        ask(sql -> {
          try (Cursor<? extends Record> rows =
              JooqAuditRows.select(sql, condition(selection)).fetchSize(ROWS_AT_ONCE).fetchLazy()) {
            for (Record row : rows) {
              if (!next.test(JooqAuditRows.stored(row))) {
                return false;
              }
            }
            return true;
          }
        });
  }

  private static Condition condition(LogSelection selection) {
    Condition kind =
        selection.kind().map(word -> AUDIT_LOG.KIND.eq(word.word())).orElse(DSL.noCondition());
    Condition from =
        selection
            .from()
            .map(at -> AUDIT_LOG.AT.ge(OffsetDateTime.ofInstant(at, ZoneOffset.UTC)))
            .orElse(DSL.noCondition());
    Condition to =
        selection
            .to()
            .map(at -> AUDIT_LOG.AT.lt(OffsetDateTime.ofInstant(at, ZoneOffset.UTC)))
            .orElse(DSL.noCondition());
    return kind.and(from).and(to);
  }

  /// The row of a decision of one customer.
  Optional<JooqAuditRows.Stored> decision(UUID decisionId, String customer) {
    Condition its =
        AUDIT_LOG
            .DECISION_ID
            .eq(decisionId)
            .and(AUDIT_LOG.KIND.eq(LogEntry.Kind.DECISION.word()))
            .and(AUDIT_LOG.CUSTOMER_ID.eq(customer));
    return ask(
        sql -> JooqAuditRows.select(sql, its).stream().findFirst().map(JooqAuditRows::stored));
  }

  /// The first row whose charges the index of charges does not have, or has otherwise. What the
  /// index has of decisions whose rows were let go is not looked at.
  Optional<Finding> chargesFinding(long keptFrom) {
    return ask(sql ->
        sql.resultQuery(CHARGES, DSL.val(keptFrom))
            .fetchOptional(row -> {
              long idx = row.get("idx", Long.class);
              return new Finding(
                  Finding.Kind.INDEX,
                  idx,
                  idx,
                  row.get("orphan", Boolean.class)
                      ? "decision_charges has a charge that no row has"
                      : "decision_charges does not have what the row charges");
            }));
  }
}
