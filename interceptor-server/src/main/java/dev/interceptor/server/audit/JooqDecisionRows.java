package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.DECISIONS;
import static dev.interceptor.migrations.tables.Tables.DECISION_OUTCOMES;
import static org.jooq.impl.DSL.arrayOverlap;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lag;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.session.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.BatchBindStep;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The log's two tables: rows in, and a session's calls out.
final class JooqDecisionRows {
  private static final String PERMIT = "permit";
  private static final String DENY = "deny";

  /// A permit older than this without an outcome belongs to a process that died, not to a call
  /// under way.
  private static final Duration LONGEST_CALL = Duration.ofMinutes(15);

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
          DECISIONS.LABELS_REMOVED);
  private static final List<Field<?>> OUTCOME =
      List.of(
          DECISION_OUTCOMES.DECISION_ID,
          DECISION_OUTCOMES.AT,
          DECISION_OUTCOMES.STATUS,
          DECISION_OUTCOMES.LABELS_REMOVED,
          DECISION_OUTCOMES.UPSTREAM_MICROS);

  private JooqDecisionRows() {}

  static void insertDecisions(DSLContext dsl, List<DecisionRecord> rows) {
    insert(dsl, DECISIONS, DECISION, rows, JooqDecisionRows::values);
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

  private static Object[] values(DecisionRecord row) {
    Decision decision = row.decision();
    Decision.Permit permit = decision instanceof Decision.Permit yes ? yes : null;
    Decision.Deny deny = decision instanceof Decision.Deny no ? no : null;
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
      deny == null ? null : deny.reason().name(),
      texts(decision.determining()),
      permit == null ? new String[0] : texts(permit.added()),
      permit == null ? new String[0] : texts(permit.removed())
    };
  }

  private static Object[] values(OutcomeRecord row) {
    return new Object[] {
      UUID.fromString(row.decisionId()),
      row.at().atOffset(ZoneOffset.UTC),
      status(row.status()),
      texts(row.removed()),
      row.upstreamTime().toNanos() / 1000
    };
  }

  private static String status(OutcomeRecord.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private static String[] texts(Collection<?> values) {
    return values.stream().map(Object::toString).toArray(String[]::new);
  }

  /// The calls since the session's last pause, one row for those that are alike in all that a
  /// session remembers.
  static List<PastCall> liveCalls(DSLContext dsl, SessionKey session, Duration idle, Instant now) {
    long start = firstLive(dsl, session, idle, now);
    if (start == 0) {
      return List.of();
    }
    return dsl.select(
            DECISIONS.SESSION_VERSION,
            DECISIONS.UPSTREAM,
            DECISIONS.TOOL,
            DECISIONS.CLASSES,
            DECISIONS.LABELS_ADDED,
            DECISION_OUTCOMES.LABELS_REMOVED)
        .from(DECISIONS)
        .leftJoin(DECISION_OUTCOMES)
        .on(DECISION_OUTCOMES.DECISION_ID.eq(DECISIONS.DECISION_ID))
        .where(ofSession(session))
        .and(DECISIONS.SEQ.ge(start))
        .and(DECISIONS.OUTCOME.eq(PERMIT))
        .groupBy(
            DECISIONS.SESSION_VERSION,
            DECISIONS.UPSTREAM,
            DECISIONS.TOOL,
            DECISIONS.CLASSES,
            DECISIONS.LABELS_ADDED,
            DECISION_OUTCOMES.LABELS_REMOVED)
        .orderBy(DECISIONS.SESSION_VERSION, min(DECISIONS.SEQ))
        .fetch(JooqDecisionRows::pastCall);
  }

  static boolean hasOpenSources(
      DSLContext dsl,
      SessionKey session,
      SortedSet<Label> labels,
      String except,
      Instant issuedAfter) {
    Condition unsettled = DECISION_OUTCOMES.DECISION_ID.isNull();
    Condition tokenAbroad =
        DECISION_OUTCOMES
            .STATUS
            .eq(status(OutcomeRecord.Status.ISSUED))
            .and(DECISION_OUTCOMES.AT.gt(issuedAfter.atOffset(ZoneOffset.UTC)));
    return dsl.fetchExists(
        dsl.selectOne()
            .from(DECISIONS)
            .leftJoin(DECISION_OUTCOMES)
            .on(DECISION_OUTCOMES.DECISION_ID.eq(DECISIONS.DECISION_ID))
            .where(ofSession(session))
            .and(DECISIONS.OUTCOME.eq(PERMIT))
            .and(DECISIONS.DECISION_ID.ne(UUID.fromString(except)))
            .and(DECISIONS.AT.gt(issuedAfter.minus(LONGEST_CALL).atOffset(ZoneOffset.UTC)))
            .and(arrayOverlap(DECISIONS.LABELS_ADDED, texts(labels)))
            .and(unsettled.or(tokenAbroad)));
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

  private static Condition ofSession(SessionKey session) {
    return DECISIONS
        .CUSTOMER_ID
        .eq(session.customer().value())
        .and(DECISIONS.SESSION_ID.eq(session.session().value()));
  }

  /// @return the sequence number of the first row of the session as it lives now, 0 if it does not
  private static long firstLive(DSLContext dsl, SessionKey session, Duration idle, Instant now) {
    OffsetDateTime expired = now.minus(idle).atOffset(ZoneOffset.UTC);
    boolean alive = dsl.fetchExists(DECISIONS, ofSession(session).and(DECISIONS.AT.gt(expired)));
    if (!alive) {
      return 0;
    }
    Table<?> rows =
        select(
                DECISIONS.SEQ.as("seq"),
                DECISIONS.AT.as("at"),
                lag(DECISIONS.AT).over().orderBy(DECISIONS.SEQ).as("previous"))
            .from(DECISIONS)
            .where(ofSession(session))
            .asTable("session_rows");
    Field<OffsetDateTime> at = field(name("at"), OffsetDateTime.class);
    Field<OffsetDateTime> previous = field(name("previous"), OffsetDateTime.class);
    Field<Long> seq = field(name("seq"), Long.class);
    Long afterPause =
        dsl.select(max(seq))
            .from(rows)
            .where(offsetDateTimeAdd(previous, idle).le(at))
            .fetchOneInto(Long.class);
    return afterPause == null ? 1 : afterPause;
  }

  private static Field<OffsetDateTime> offsetDateTimeAdd(
      Field<OffsetDateTime> moment, Duration duration) {
    return field(
        "{0} + {1} * interval '1 millisecond'",
        OffsetDateTime.class, moment, inline(duration.toMillis()));
  }

  private static PastCall pastCall(Record row) {
    return new PastCall(
        row.get(DECISIONS.SESSION_VERSION),
        new ToolRef(
            new UpstreamName(row.get(DECISIONS.UPSTREAM)), new ToolName(row.get(DECISIONS.TOOL))),
        set(row.get(DECISIONS.CLASSES), ToolClass::new),
        set(row.get(DECISIONS.LABELS_ADDED), Label::new),
        set(row.get(DECISION_OUTCOMES.LABELS_REMOVED), Label::new));
  }

  private static <T extends Comparable<T>> SortedSet<T> set(
      String @Nullable [] values, Function<String, T> type) {
    var all = new TreeSet<T>();
    if (values != null) {
      Arrays.stream(values).map(type).forEach(all::add);
    }
    return all;
  }
}
