package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static dev.interceptor.migrations.tables.Tables.DECISION_CHARGES;
import static org.jooq.impl.DSL.arrayOverlap;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lag;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.migrations.tables.tables.AuditLog;
import dev.interceptor.server.session.SessionHistory.Detail;
import dev.interceptor.server.session.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/// What the log knows of sessions and of what customers used up.
final class JooqSessionHistory {
  private static final AuditLog DECISIONS = AUDIT_LOG.as("decisions");
  private static final AuditLog OUTCOMES = AUDIT_LOG.as("outcomes");

  /// A permit older than this without an outcome belongs to a process that died, not to a call
  /// under way.
  private static final Duration LONGEST_CALL = Duration.ofMinutes(15);

  private static final long FROM_THE_BEGINNING = 0;
  private static final long NOT_ALIVE = -1;

  /// All that a session remembers of a call.
  private static final List<Field<?>> REMEMBERED =
      List.of(
          DECISIONS.SESSION_VERSION,
          DECISIONS.UPSTREAM,
          DECISIONS.TOOL,
          DECISIONS.CLASSES,
          DECISIONS.LABELS_ADDED,
          OUTCOMES.LABELS_REMOVED,
          OUTCOMES.LABELS_ADDED,
          OUTCOMES.SESSION_VERSION);

  private JooqSessionHistory() {}

  private static Condition outcomeOfDecision() {
    return OUTCOMES
        .DECISION_ID
        .eq(DECISIONS.DECISION_ID)
        .and(OUTCOMES.KIND.eq(inline(LogEntry.Kind.OUTCOME.word())));
  }

  static SessionPast livePast(
      DSLContext dsl, SessionKey session, Duration idle, Instant now, Detail detail) {
    long start = firstLive(dsl, session, idle, now);
    if (start == NOT_ALIVE) {
      return SessionPast.NONE;
    }
    Condition permitted =
        ofSession(session)
            .and(DECISIONS.IDX.ge(start))
            .and(DECISIONS.OUTCOME.eq(DecisionRecord.PERMIT));
    Map<String, Long> counters = new HashMap<>(sessionCharges(dsl, permitted));
    counters.put(SessionState.CALLS, (long) dsl.fetchCount(DECISIONS, permitted));
    return new SessionPast(calls(dsl, permitted, detail), counters);
  }

  private static List<PastCall> calls(DSLContext dsl, Condition permitted, Detail detail) {
    var rows =
        dsl.select(REMEMBERED)
            .from(DECISIONS)
            .leftJoin(OUTCOMES)
            .on(outcomeOfDecision())
            .where(permitted);
    return switch (detail) {
      case ALIKE_ONCE ->
          rows.groupBy(REMEMBERED)
              .orderBy(DECISIONS.SESSION_VERSION, min(DECISIONS.IDX))
              .fetch(JooqSessionHistory::pastCall);
      case EVERY_CALL ->
          rows.orderBy(DECISIONS.SESSION_VERSION, DECISIONS.IDX)
              .fetch(JooqSessionHistory::pastCall);
    };
  }

  private static Map<String, Long> sessionCharges(DSLContext dsl, Condition permitted) {
    Field<Long> total = sum(DECISION_CHARGES.AMOUNT).cast(Long.class);
    return dsl.select(DECISION_CHARGES.COUNTER, total)
        .from(DECISION_CHARGES)
        .join(DECISIONS)
        .on(DECISIONS.DECISION_ID.eq(DECISION_CHARGES.DECISION_ID))
        .where(permitted)
        .and(DECISION_CHARGES.COUNTER.notContains(":"))
        .groupBy(DECISION_CHARGES.COUNTER)
        .fetchMap(DECISION_CHARGES.COUNTER, total);
  }

  static long used(DSLContext dsl, CustomerId customer, String counter) {
    Long used =
        dsl.select(sum(DECISION_CHARGES.AMOUNT).cast(Long.class))
            .from(DECISION_CHARGES)
            .where(DECISION_CHARGES.CUSTOMER_ID.eq(customer.value()))
            .and(DECISION_CHARGES.COUNTER.eq(counter))
            .fetchOneInto(Long.class);
    return used == null ? 0 : used;
  }

  static boolean hasOpenSources(
      DSLContext dsl,
      SessionKey session,
      SortedSet<Label> labels,
      String except,
      Instant issuedAfter) {
    Condition unsettled = OUTCOMES.DECISION_ID.isNull();
    Condition tokenAbroad =
        OUTCOMES
            .OUTCOME
            .eq(OutcomeRecord.Status.ISSUED.word())
            .and(OUTCOMES.AT.gt(issuedAfter.atOffset(ZoneOffset.UTC)));
    return dsl.fetchExists(
        dsl.selectOne()
            .from(DECISIONS)
            .leftJoin(OUTCOMES)
            .on(outcomeOfDecision())
            .where(ofSession(session))
            .and(DECISIONS.OUTCOME.eq(DecisionRecord.PERMIT))
            .and(DECISIONS.DECISION_ID.ne(UUID.fromString(except)))
            .and(DECISIONS.AT.gt(issuedAfter.minus(LONGEST_CALL).atOffset(ZoneOffset.UTC)))
            .and(
                arrayOverlap(DECISIONS.LABELS_ADDED, texts(labels))
                    .or(arrayOverlap(OUTCOMES.LABELS_ADDED, texts(labels))))
            .and(unsettled.or(tokenAbroad)));
  }

  private static Condition ofSession(SessionKey session) {
    return DECISIONS
        .KIND
        .eq(inline(LogEntry.Kind.DECISION.word()))
        .and(DECISIONS.CUSTOMER_ID.eq(session.customer().value()))
        .and(DECISIONS.SESSION_ID.eq(session.session().value()));
  }

  /// Whether a session lives whose decisions begin in a part of the log or before it.
  ///
  /// @param part a partition's name
  /// @param last the part's last place
  static boolean remembers(DSLContext dsl, String part, long last, Duration idle, Instant now) {
    AuditLog old = AUDIT_LOG.rename(name(part)).as("old");
    OffsetDateTime expired = now.minus(idle).atOffset(ZoneOffset.UTC);
    Condition decisions = DECISIONS.KIND.eq(inline(LogEntry.Kind.DECISION.word()));
    return dsl
        .selectDistinct(DECISIONS.CUSTOMER_ID, DECISIONS.SESSION_ID)
        .from(DECISIONS)
        .where(decisions, DECISIONS.AT.gt(expired))
        .andExists(
            dsl.selectOne()
                .from(old)
                .where(
                    old.KIND.eq(inline(LogEntry.Kind.DECISION.word())),
                    old.CUSTOMER_ID.eq(DECISIONS.CUSTOMER_ID),
                    old.SESSION_ID.eq(DECISIONS.SESSION_ID)))
        .fetch(row -> new SessionKey(new CustomerId(row.value1()), new SessionId(row.value2())))
        .stream()
        .mapToLong(session -> firstLive(dsl, session, idle, now))
        .anyMatch(first -> first != NOT_ALIVE && first <= last);
  }

  /// @return the index of the first row of the session as it lives now, NOT_ALIVE if it does not
  private static long firstLive(DSLContext dsl, SessionKey session, Duration idle, Instant now) {
    OffsetDateTime expired = now.minus(idle).atOffset(ZoneOffset.UTC);
    boolean alive = dsl.fetchExists(DECISIONS, ofSession(session).and(DECISIONS.AT.gt(expired)));
    if (!alive) {
      return NOT_ALIVE;
    }
    Table<?> rows =
        select(
                DECISIONS.IDX.as("seq"),
                DECISIONS.AT.as("at"),
                lag(DECISIONS.AT).over().orderBy(DECISIONS.IDX).as("previous"))
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
    return afterPause == null ? FROM_THE_BEGINNING : afterPause;
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
        set(row.get(OUTCOMES.LABELS_REMOVED), Label::new),
        set(row.get(OUTCOMES.LABELS_ADDED), Label::new),
        Objects.requireNonNullElse(row.get(OUTCOMES.SESSION_VERSION), 0L));
  }

  private static String[] texts(SortedSet<Label> labels) {
    return labels.stream().map(Label::toString).toArray(String[]::new);
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
