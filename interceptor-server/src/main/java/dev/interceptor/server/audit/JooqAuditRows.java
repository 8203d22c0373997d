package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.APPROVALS;
import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static dev.interceptor.migrations.tables.Tables.DECISION_CHARGES;
import static org.jooq.impl.DSL.field;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.decision.Charge;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.BatchBindStep;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The rows of the audit log as they are stored, and what decisions write besides them.
final class JooqAuditRows {
  private static final Field<String> AT =
      field(
          "CASE WHEN {0} >= '0001-01-01Z' AND {0} < '10000-01-01Z'"
              + " THEN to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') END",
          String.class, AUDIT_LOG.AT);
  private static final Field<String> COLUMNS =
      field("json_strip_nulls(row_to_json(audit_log))::text", String.class);

  private JooqAuditRows() {}

  /// A row as it is stored.
  ///
  /// @param leaf what it says its hash is; empty if that is none
  /// @param entry empty if the row cannot be one that was appended
  record Stored(long idx, Optional<Sha256> leaf, Optional<LogEntry> entry) {}

  /// The rows that `condition` selects, in the order of the log.
  static ResultQuery<? extends Record> select(DSLContext dsl, Condition condition) {
    return dsl.select(AUDIT_LOG.IDX, AUDIT_LOG.LEAF_HASH, AT, COLUMNS)
        .from(AUDIT_LOG)
        .where(condition)
        .orderBy(AUDIT_LOG.IDX, AUDIT_LOG.AT);
  }

  /// The last rows that `condition` selects, the newest first.
  static ResultQuery<? extends Record> newest(DSLContext dsl, Condition condition, int limit) {
    return dsl.select(AUDIT_LOG.IDX, AUDIT_LOG.LEAF_HASH, AT, COLUMNS)
        .from(AUDIT_LOG)
        .where(condition)
        .orderBy(AUDIT_LOG.IDX.desc())
        .limit(limit);
  }

  /// A row that `select` found.
  static Stored stored(Record row) {
    return new Stored(
        row.get(AUDIT_LOG.IDX),
        hash(row.get(AUDIT_LOG.LEAF_HASH)),
        entry(row.get(COLUMNS), row.get(AT)));
  }

  static Optional<Sha256> hash(byte @Nullable [] bytes) {
    return bytes == null || bytes.length != 32
        ? Optional.empty()
        : Optional.of(Sha256.ofBytes(bytes));
  }

  /// @param at null for a time that no entry can have: before year 1, after 9999, or endless
  private static Optional<LogEntry> entry(String columns, @Nullable String at) {
    if (at == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LogEntry.ofRow(
              StrictJson.parseObject(columns.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT),
              at));
    } catch (MalformedJsonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Writes what `rows` charge to counters.
  static void insertCharges(DSLContext dsl, List<DecisionRecord> rows) {
    BatchBindStep batch =
        dsl.batch(
            dsl.insertInto(
                    DECISION_CHARGES,
                    DECISION_CHARGES.DECISION_ID,
                    DECISION_CHARGES.CUSTOMER_ID,
                    DECISION_CHARGES.COUNTER,
                    DECISION_CHARGES.AMOUNT)
                .values((UUID) null, null, null, null));
    for (DecisionRecord row : rows) {
      if (row.decision() instanceof Decision.Permit permit) {
        for (Charge charge : permit.charges()) {
          batch =
              batch.bind(
                  UUID.fromString(row.decisionId()),
                  row.principal().customer().value(),
                  charge.counter(),
                  charge.amount());
        }
      }
    }
    if (batch.size() > 0) {
      batch.execute();
    }
  }

  /// Marks what a permit uses up. The claim has made sure that nobody else does; this ends the
  /// approval for those who look at it, together with the permit's row.
  static void useApproval(DSLContext dsl, DecisionRecord row) {
    if (row.decision() instanceof Decision.Permit permit && permit.approval().isPresent()) {
      dsl.update(APPROVALS)
          .set(APPROVALS.STATE, "used")
          .setNull(APPROVALS.ARGS)
          .where(
              APPROVALS.ID.eq(UUID.fromString(permit.approval().get().value())),
              APPROVALS.CLAIMED_BY.eq(UUID.fromString(row.decisionId())))
          .execute();
    }
  }

  static long countPermits(DataSource database, Collection<String> decisionIds) {
    return DSL.using(database, SQLDialect.POSTGRES)
        .fetchCount(
            AUDIT_LOG,
            AUDIT_LOG
                .DECISION_ID
                .in(decisionIds.stream().map(UUID::fromString).toList())
                .and(AUDIT_LOG.KIND.eq(LogEntry.Kind.DECISION.word()))
                .and(AUDIT_LOG.OUTCOME.eq(DecisionRecord.PERMIT)));
  }
}
