package dev.interceptor.server.approval;

import static dev.interceptor.migrations.tables.Tables.APPROVALS;
import static org.jooq.impl.DSL.selectCount;
import static org.jooq.impl.DSL.val;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.audit.JooqAuditLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/// Every method is one statement, or statements that are right one by one; a ruling and its entry
/// in the audit log are one transaction.
final class JooqApprovalStore implements ApprovalStore {
  private static final List<String> OPEN_WORDS =
      ApprovalState.OPEN.stream().map(ApprovalState::word).toList();
  private static final Condition OPEN =
      APPROVALS.STATE.in(OPEN_WORDS.stream().map(DSL::inline).toList());
  private static final int ENDED_AT_ONCE = 1000;

  private final DSLContext database;
  private final ApprovalTerms terms;
  private final InstantSource clock;

  JooqApprovalStore(DataSource database, ApprovalTerms terms, InstantSource clock) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.terms = terms;
    this.clock = clock;
  }

  // INVARIANT (AnApprovalIsUsedOnce): of two claims the second waits for the first one's row and
  // then finds it claimed.
  @Override
  public Optional<ApprovalId> claim(ApprovalBinding binding, String decisionId, Instant at) {
    return inDatabase(sql ->
        sql.update(APPROVALS)
            .set(APPROVALS.STATE, ApprovalState.CLAIMED.word())
            .set(APPROVALS.CLAIMED_BY, UUID.fromString(decisionId))
            .where(is(binding), state(ApprovalState.APPROVED), APPROVALS.EXPIRES_AT.gt(utc(at)))
            .returningResult(APPROVALS.ID)
            .fetchOptional(row -> approvalId(row.value1())));
  }

  @Override
  public void release(ApprovalId id, String decisionId) {
    var _ =
        inDatabase(sql ->
            sql.update(APPROVALS)
                .set(APPROVALS.STATE, ApprovalState.APPROVED.word())
                .setNull(APPROVALS.CLAIMED_BY)
                .where(
                    is(id),
                    state(ApprovalState.CLAIMED),
                    APPROVALS.CLAIMED_BY.eq(UUID.fromString(decisionId)))
                .execute());
  }

  @Override
  public Filing file(ApprovalId id, ApprovalBinding binding, ApprovalDemand demand, Instant at) {
    return inDatabase(sql -> {
      expire(sql, is(binding), at);
      return askAgain(sql, binding, at)
          .or(() -> insert(sql, id, binding, demand, at))
          .<Filing>map(Filing.Waiting::new)
          .orElseGet(Filing.Full::new);
    });
  }

  private static Optional<ApprovalId> askAgain(
      DSLContext sql, ApprovalBinding binding, Instant at) {
    return sql.update(APPROVALS)
        .set(APPROVALS.TIMES_ASKED, APPROVALS.TIMES_ASKED.plus(1))
        .set(APPROVALS.LAST_ASKED_AT, DSL.greatest(APPROVALS.LAST_ASKED_AT, val(utc(at))))
        .where(is(binding), OPEN)
        .returningResult(APPROVALS.ID)
        .fetchOptional(row -> approvalId(row.value1()));
  }

  /// Callers that arrive at the same moment may pass the bound together, no more of them than are
  /// under way.
  private Optional<ApprovalId> insert(
      DSLContext sql, ApprovalId id, ApprovalBinding binding, ApprovalDemand demand, Instant at) {
    Field<Integer> waiting =
        DSL.field(
            selectCount()
                .from(APPROVALS)
                .where(
                    APPROVALS.CUSTOMER_ID.eq(binding.session().customer().value()),
                    state(ApprovalState.PENDING),
                    APPROVALS.EXPIRES_AT.gt(utc(at))));
    var row = JooqApprovalRows.pending(id, binding, demand, at, at.plus(terms.pendingFor()));
    return sql.insertInto(APPROVALS, row.fields())
        .select(sql.select(List.of(row.valuesRow().fields())).where(waiting.lt(terms.maxPending())))
        .onConflict(
            APPROVALS.CUSTOMER_ID,
            APPROVALS.SESSION_ID,
            APPROVALS.UPSTREAM,
            APPROVALS.TOOL,
            APPROVALS.ARGS_DIGEST)
        .where(OPEN)
        .doUpdate()
        .set(APPROVALS.TIMES_ASKED, APPROVALS.TIMES_ASKED.plus(1))
        .returningResult(APPROVALS.ID)
        .fetchOptional(inserted -> approvalId(inserted.value1()));
  }

  @Override
  public List<Approval> list(Scope scope) {
    expire();
    Condition wanted =
        switch (scope) {
          case OPEN -> OPEN;
          case ALL -> DSL.noCondition();
        };
    return inDatabase(sql ->
        sql.selectFrom(APPROVALS)
            .where(wanted)
            .orderBy(APPROVALS.REQUESTED_AT.desc(), APPROVALS.ID)
            .limit(LONGEST_LIST)
            .fetch(JooqApprovalRows::approval));
  }

  @Override
  public Optional<Approval> find(ApprovalId id) {
    expire();
    return read(id);
  }

  private Optional<Approval> read(ApprovalId id) {
    return inDatabase(
        sql -> sql.selectFrom(APPROVALS).where(is(id)).fetchOptional(JooqApprovalRows::approval));
  }

  @Override
  public Ruled rule(ApprovalId id, Ruling ruling) {
    expire();
    Instant now = clock.instant();
    int changed =
        inDatabase(
            sql -> sql.transactionResult(transaction -> rule(transaction.dsl(), id, ruling, now)));
    Optional<Approval> found = read(id);
    if (found.isEmpty()) {
      return new Ruled.Unknown();
    }
    Approval approval = found.get();
    if (changed == 1) {
      return new Ruled.Done(approval);
    }
    return approval.state() == ApprovalState.PENDING
        ? new Ruled.NotShown(approval)
        : new Ruled.Closed(approval);
  }

  private static int rule(DSLContext sql, ApprovalId id, Ruling ruling, Instant now) {
    int changed =
        switch (ruling) {
          case Ruling.Approve approve -> approve(sql, id, approve, now);
          case Ruling.Deny deny -> deny(sql, id, deny, now);
        };
    if (changed == 1) {
      String action =
          switch (ruling) {
            case Ruling.Approve _ -> "approval.approve";
            case Ruling.Deny _ -> "approval.deny";
          };
      JooqAuditLog.append(
          sql,
          List.of(
              LogEntry.admin(action, ruling.by(), id.value(), now)
                  .text("approval_id", id.value())
                  .build()));
    }
    return changed;
  }

  private static int approve(DSLContext sql, ApprovalId id, Ruling.Approve ruling, Instant now) {
    Condition shown =
        switch (ruling.unseen()) {
          case REFUSE -> APPROVALS.ARGS.isNotNull();
          case ACCEPT -> DSL.noCondition();
        };
    return sql.update(APPROVALS)
        .set(APPROVALS.STATE, ApprovalState.APPROVED.word())
        .set(APPROVALS.EXPIRES_AT, utc(now.plus(ruling.validFor())))
        .set(APPROVALS.DECIDED_AT, utc(now))
        .set(APPROVALS.DECIDED_BY, ruling.by())
        .where(is(id), state(ApprovalState.PENDING), APPROVALS.EXPIRES_AT.gt(utc(now)), shown)
        .execute();
  }

  private static int deny(DSLContext sql, ApprovalId id, Ruling.Deny ruling, Instant now) {
    return sql.update(APPROVALS)
        .set(APPROVALS.STATE, ApprovalState.DENIED.word())
        .setNull(APPROVALS.ARGS)
        .set(APPROVALS.DECIDED_AT, utc(now))
        .set(APPROVALS.DECIDED_BY, ruling.by())
        .set(APPROVALS.REASON, ruling.reason())
        .where(
            is(id),
            state(ApprovalState.PENDING).or(state(ApprovalState.APPROVED)),
            APPROVALS.EXPIRES_AT.gt(utc(now)))
        .execute();
  }

  @Override
  public void expire() {
    var _ =
        inDatabase(sql -> {
          expire(sql, DSL.noCondition(), clock.instant());
          return true;
        });
  }

  /// A claim whose process died ends as used, because nobody knows better. Rows that someone is
  /// changing right now are left for the next time.
  private static void expire(DSLContext sql, Condition which, Instant now) {
    sql.update(APPROVALS)
        .set(
            APPROVALS.STATE,
            DSL.when(state(ApprovalState.CLAIMED), ApprovalState.USED.word())
                .otherwise(ApprovalState.EXPIRED.word()))
        .setNull(APPROVALS.ARGS)
        .where(
            APPROVALS.ID.in(
                DSL.select(APPROVALS.ID)
                    .from(APPROVALS)
                    .where(which, OPEN, APPROVALS.EXPIRES_AT.le(utc(now)))
                    .limit(ENDED_AT_ONCE)
                    .forUpdate()
                    .skipLocked()))
        .execute();
  }

  private static Condition is(ApprovalId id) {
    return APPROVALS.ID.eq(UUID.fromString(id.value()));
  }

  private static Condition is(ApprovalBinding binding) {
    return APPROVALS
        .CUSTOMER_ID
        .eq(binding.session().customer().value())
        .and(APPROVALS.SESSION_ID.eq(binding.session().session().value()))
        .and(APPROVALS.UPSTREAM.eq(binding.tool().upstream().value()))
        .and(APPROVALS.TOOL.eq(binding.tool().name().value()))
        .and(APPROVALS.ARGS_DIGEST.eq(binding.arguments().hex()));
  }

  private static Condition state(ApprovalState state) {
    return APPROVALS.STATE.eq(DSL.inline(state.word()));
  }

  private <T> T inDatabase(Function<DSLContext, T> work) {
    try {
      return work.apply(database);
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the approvals in PostgreSQL cannot be reached", e);
    }
  }

  private static ApprovalId approvalId(UUID id) {
    return new ApprovalId(id.toString());
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
