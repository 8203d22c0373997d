package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.migrations.tables.tables.AuditLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

final class JooqAuditEntries implements AuditEntries {
  private static final AuditLog OTHER = AUDIT_LOG.as("other");

  /// How long a permitted call may take to be reported.
  private static final long SECONDS_TO_REPORT = TokenMinter.MAX_LIFETIME.toSeconds() + 60;

  private final DSLContext database;

  JooqAuditEntries(DataSource database) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
  }

  @Override
  public List<Placed> page(AuditFilter filter, Optional<Long> before, int limit) {
    if (limit < 1 || limit > LONGEST_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + LONGEST_PAGE + " entries");
    }
    Condition wanted =
        condition(filter).and(before.map(AUDIT_LOG.IDX::lt).orElseGet(DSL::noCondition));
    try {
      return JooqAuditRows.newest(database, wanted, limit).fetch().stream()
          .map(JooqAuditRows::stored)
          .map(row -> new Placed(row.idx(), row.entry().orElseThrow(() -> unreadable(row.idx()))))
          .toList();
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the audit log could not be read", e);
    }
  }

  private static InterceptorException unreadable(long idx) {
    return InterceptorException.of(
        ErrorCode.AUDIT_UNAVAILABLE, "row " + idx + " of the audit log was changed");
  }

  static Condition condition(AuditFilter filter) {
    Condition all =
        switch (filter.which()) {
          case EVERY -> DSL.noCondition();
          case UNPERMITTED -> unpermitted();
          case UNEXECUTED -> unexecuted();
        };
    for (Map.Entry<AuditFilter.Match, String> one : filter.equal().entrySet()) {
      all = all.and(equal(one.getKey(), one.getValue()));
    }
    if (filter.since().isPresent()) {
      all = all.and(AUDIT_LOG.AT.ge(filter.since().get().atOffset(ZoneOffset.UTC)));
    }
    if (filter.until().isPresent()) {
      all = all.and(AUDIT_LOG.AT.lt(filter.until().get().atOffset(ZoneOffset.UTC)));
    }
    return all;
  }

  private static Condition equal(AuditFilter.Match match, String value) {
    return switch (match) {
      case DECISION_ID -> AUDIT_LOG.DECISION_ID.eq(UUID.fromString(value));
      case KIND -> AUDIT_LOG.KIND.eq(DSL.inline(value));
      case ACTION -> AUDIT_LOG.ACTION.eq(value);
      case ACTOR -> AUDIT_LOG.ACTOR.eq(value);
      case CUSTOMER_ID -> AUDIT_LOG.CUSTOMER_ID.eq(value);
      case KEY_ID -> AUDIT_LOG.KEY_ID.eq(value);
      case OUTCOME -> AUDIT_LOG.OUTCOME.eq(value);
      case POLICY_DIGEST -> AUDIT_LOG.POLICY_DIGEST.eq(value);
      case REASON -> AUDIT_LOG.REASON.eq(value);
      case REQUEST_ID -> AUDIT_LOG.REQUEST_ID.eq(value);
      case SESSION_ID -> AUDIT_LOG.SESSION_ID.eq(value);
      case TARGET -> AUDIT_LOG.TARGET.eq(value);
      case TOOL -> AUDIT_LOG.TOOL.eq(value);
      case UPSTREAM -> AUDIT_LOG.UPSTREAM.eq(value);
      case JTI -> AUDIT_LOG.JTI.eq(value);
    };
  }

  private static Condition is(Field<String> kind, LogEntry.Kind wanted) {
    return kind.eq(DSL.inline(wanted.word()));
  }

  private static Condition unpermitted() {
    return is(AUDIT_LOG.KIND, LogEntry.Kind.EXECUTION)
        .and(
            notExists(
                selectOne()
                    .from(OTHER)
                    .where(
                        is(OTHER.KIND, LogEntry.Kind.DECISION),
                        OTHER.OUTCOME.eq(DecisionRecord.PERMIT),
                        OTHER.JTI.eq(AUDIT_LOG.JTI),
                        OTHER.TOOL.eq(AUDIT_LOG.TOOL))));
  }

  private static Condition unexecuted() {
    Field<OffsetDateTime> latest =
        field(
            "{0} - {1} * interval '1 second'",
            OffsetDateTime.class, currentOffsetDateTime(), DSL.inline(SECONDS_TO_REPORT));
    return is(AUDIT_LOG.KIND, LogEntry.Kind.DECISION)
        .and(AUDIT_LOG.OUTCOME.eq(DecisionRecord.PERMIT))
        .and(AUDIT_LOG.AT.lt(latest))
        .and(AUDIT_LOG.TOOL.ne(ProtocolMethod.RESOURCES_SUBSCRIBE.method()))
        .and(
            notExists(
                selectOne()
                    .from(OTHER)
                    .where(
                        is(OTHER.KIND, LogEntry.Kind.OUTCOME),
                        OTHER.DECISION_ID.eq(AUDIT_LOG.DECISION_ID),
                        OTHER.OUTCOME.eq(OutcomeRecord.Status.NOT_DELIVERED.word()))))
        .and(
            notExists(
                selectOne()
                    .from(OTHER)
                    .where(
                        is(OTHER.KIND, LogEntry.Kind.EXECUTION),
                        OTHER.JTI.eq(AUDIT_LOG.JTI),
                        OTHER.TOOL.eq(AUDIT_LOG.TOOL))));
  }
}
