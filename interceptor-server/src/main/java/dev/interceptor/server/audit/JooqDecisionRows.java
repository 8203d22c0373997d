package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.APPROVALS;
import static dev.interceptor.migrations.tables.Tables.DECISIONS;
import static dev.interceptor.migrations.tables.Tables.DECISION_CHARGES;
import static dev.interceptor.migrations.tables.Tables.DECISION_OUTCOMES;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Charge;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.ReasonCode;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.BatchBindStep;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The rows that the log writes.
final class JooqDecisionRows {
  static final String PERMIT = "permit";
  private static final String DENY = "deny";

  private static final List<Field<?>> DECISION =
      List.of(
          DECISIONS.DECISION_ID,
          DECISIONS.REQUEST_ID,
          DECISIONS.AT,
          DECISIONS.ENTRY_POINT,
          DECISIONS.CUSTOMER_ID,
          DECISIONS.KEY_ID,
          DECISIONS.SESSION_ID,
          DECISIONS.UPSTREAM,
          DECISIONS.TOOL,
          DECISIONS.CLASSES,
          DECISIONS.ARGS_DIGEST,
          DECISIONS.POLICY_DIGEST,
          DECISIONS.SESSION_VERSION,
          DECISIONS.LABELS_BEFORE,
          DECISIONS.OUTCOME,
          DECISIONS.REASON,
          DECISIONS.RULES,
          DECISIONS.LABELS_ADDED,
          DECISIONS.LABELS_REMOVED,
          DECISIONS.APPROVAL_ID);
  private static final List<Field<?>> CHARGE =
      List.of(
          DECISION_CHARGES.DECISION_ID,
          DECISION_CHARGES.CUSTOMER_ID,
          DECISION_CHARGES.COUNTER,
          DECISION_CHARGES.AMOUNT);
  private static final List<Field<?>> OUTCOME =
      List.of(
          DECISION_OUTCOMES.DECISION_ID,
          DECISION_OUTCOMES.AT,
          DECISION_OUTCOMES.STATUS,
          DECISION_OUTCOMES.LABELS_REMOVED,
          DECISION_OUTCOMES.LABELS_ADDED,
          DECISION_OUTCOMES.SESSION_VERSION,
          DECISION_OUTCOMES.RULES,
          DECISION_OUTCOMES.DETAIL_CODE,
          DECISION_OUTCOMES.UPSTREAM_MICROS);

  private JooqDecisionRows() {}

  static void insertDecisions(DSLContext dsl, List<DecisionRecord> rows) {
    insert(dsl, DECISIONS, DECISION, rows, JooqDecisionRows::values);
    insert(
        dsl,
        DECISION_CHARGES,
        CHARGE,
        rows.stream().flatMap(Charged::of).toList(),
        JooqDecisionRows::values);
    rows.forEach(row -> useApproval(dsl, row));
  }

  /// Marks what a permit uses up. The claim has made sure that nobody else does; this ends the
  /// approval for those who look at it, together with the permit's row.
  private static void useApproval(DSLContext dsl, DecisionRecord row) {
    if (row.decision() instanceof Decision.Permit permit && permit.approval().isPresent()) {
      dsl.update(APPROVALS)
          .set(APPROVALS.STATE, "used")
          .setNull(APPROVALS.ARGS)
          .where(
              APPROVALS.ID.eq(uuid(permit.approval().get())),
              APPROVALS.CLAIMED_BY.eq(UUID.fromString(row.decisionId())))
          .execute();
    }
  }

  private static UUID uuid(ApprovalId id) {
    return UUID.fromString(id.value());
  }

  static void insertOutcomes(DSLContext dsl, List<OutcomeRecord> rows) {
    insert(dsl, DECISION_OUTCOMES, OUTCOME, rows, JooqDecisionRows::values);
  }

  private static <T> void insert(
      DSLContext dsl,
      Table<?> table,
      List<Field<?>> fields,
      List<T> rows,
      Function<T, Object[]> values) {
    if (rows.isEmpty()) {
      return;
    }
    BatchBindStep batch =
        dsl.batch(dsl.insertInto(table, fields).values(Collections.nCopies(fields.size(), null)));
    for (T row : rows) {
      batch = batch.bind(values.apply(row));
    }
    batch.execute();
  }

  /// What one decision charges to one counter.
  private record Charged(DecisionRecord decision, Charge charge) {
    static Stream<Charged> of(DecisionRecord row) {
      return row.decision() instanceof Decision.Permit permit
          ? permit.charges().stream().map(charge -> new Charged(row, charge))
          : Stream.empty();
    }
  }

  private static Object[] values(Charged charged) {
    return new Object[] {
      UUID.fromString(charged.decision().decisionId()),
      charged.decision().principal().customer().value(),
      charged.charge().counter(),
      charged.charge().amount()
    };
  }

  private static Object[] values(DecisionRecord row) {
    Decision decision = row.decision();
    Decision.Permit permit = decision instanceof Decision.Permit yes ? yes : null;
    return new Object[] {
      UUID.fromString(row.decisionId()),
      row.requestId(),
      row.at().atOffset(ZoneOffset.UTC),
      row.entryPoint(),
      row.principal().customer().value(),
      row.principal().key().value(),
      row.session().value(),
      row.tool().upstream().value(),
      row.tool().name().value(),
      texts(row.classes()),
      row.arguments().hex(),
      row.policy().hex(),
      row.sessionVersion(),
      texts(row.labelsBefore()),
      permit == null ? DENY : PERMIT,
      reason(decision),
      texts(decision.determining()),
      permit == null ? new String[0] : texts(permit.added()),
      permit == null ? new String[0] : texts(permit.removed()),
      permit == null ? null : permit.approval().map(JooqDecisionRows::uuid).orElse(null)
    };
  }

  private static @Nullable String detail(OutcomeRecord.Delivery delivery) {
    return switch (delivery) {
      case GIVEN -> null;
      case WITHHELD -> ReasonCode.RESULT_BLOCKED.name();
    };
  }

  private static @Nullable String reason(Decision decision) {
    return switch (decision) {
      case Decision.Permit _ -> null;
      case Decision.Deny deny -> deny.reason().name();
      case Decision.RequireApproval _ -> ReasonCode.APPROVAL_REQUIRED.name();
    };
  }

  private static Object[] values(OutcomeRecord row) {
    return new Object[] {
      UUID.fromString(row.decisionId()),
      row.at().atOffset(ZoneOffset.UTC),
      status(row.status()),
      texts(row.removed()),
      texts(row.results().added()),
      row.results().sessionVersion(),
      texts(row.results().rules()),
      detail(row.results().delivery()),
      row.upstreamTime().toNanos() / 1000
    };
  }

  static String status(OutcomeRecord.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  static String[] texts(Collection<?> values) {
    return values.stream().map(Object::toString).toArray(String[]::new);
  }

  static long countPermits(DataSource database, Collection<String> decisionIds) {
    return DSL.using(database, SQLDialect.POSTGRES)
        .fetchCount(
            DECISIONS,
            DECISIONS
                .DECISION_ID
                .in(decisionIds.stream().map(UUID::fromString).toList())
                .and(DECISIONS.OUTCOME.eq(PERMIT)));
  }
}
