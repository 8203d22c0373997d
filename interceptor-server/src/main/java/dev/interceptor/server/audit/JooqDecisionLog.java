package dev.interceptor.server.audit;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/// The decision log in PostgreSQL, one transaction a batch.
final class JooqDecisionLog implements DecisionLog {
  private static final int CAPACITY = 4096;
  private static final int MAX_BATCH = 256;

  /// A row of one of the two tables.
  sealed interface Row {
    record Decided(DecisionRecord record) implements Row {}

    record Ended(OutcomeRecord record) implements Row {}
  }

  private final DSLContext database;
  private final GroupCommit<Row> commits;

  JooqDecisionLog(DataSource database, Duration deadline) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.commits = new GroupCommit<>("decision-log", this::commit, CAPACITY, MAX_BATCH, deadline);
  }

  void start() {
    commits.start();
  }

  @Override
  public RecordedPermit recordPermit(DecisionRecord row) {
    commits.write(new Row.Decided(row));
    return RecordedPermit.afterCommit(row);
  }

  @Override
  public void recordDenial(DecisionRecord row) {
    commits.write(new Row.Decided(row));
  }

  @Override
  public void record(OutcomeRecord outcome) {
    commits.keep(new Row.Ended(outcome));
  }

  @Override
  public void recordNow(OutcomeRecord outcome) {
    commits.write(new Row.Ended(outcome));
  }

  private void commit(List<Row> batch) {
    var decided = new ArrayList<DecisionRecord>(batch.size());
    var ended = new ArrayList<OutcomeRecord>(batch.size());
    for (Row row : batch) {
      switch (row) {
        case Row.Decided decision -> decided.add(decision.record());
        case Row.Ended outcome -> ended.add(outcome.record());
      }
    }
    database.transaction(transaction -> {
      DSLContext dsl = transaction.dsl();
      JooqDecisionRows.insertDecisions(dsl, decided);
      JooqDecisionRows.insertOutcomes(dsl, ended);
    });
  }

  @Override
  public SessionPast livePast(SessionKey session, Duration idle, Instant now, Detail detail) {
    return reading(() -> JooqSessionHistory.livePast(database, session, idle, now, detail));
  }

  @Override
  public long used(CustomerId customer, String counter) {
    return reading(() -> JooqSessionHistory.used(database, customer, counter));
  }

  @Override
  public boolean hasOpenSources(
      SessionKey session, SortedSet<Label> labels, String except, Instant issuedAfter) {
    return reading(
        () -> JooqSessionHistory.hasOpenSources(database, session, labels, except, issuedAfter));
  }

  private static <T> T reading(Supplier<T> query) {
    try {
      return query.get();
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the decision log could not be read", e);
    }
  }

  @Override
  public boolean isUsable() {
    try {
      database.select(DSL.one()).fetch();
      return true;
    } catch (DataAccessException e) {
      return false;
    }
  }

  @Override
  public void close() {
    commits.close();
  }
}
