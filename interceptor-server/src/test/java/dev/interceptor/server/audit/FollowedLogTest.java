package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.session.Label;
import dev.interceptor.server.audit.OutcomeRecord.Status;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An instance goes on from what others append, and from nothing else.
final class FollowedLogTest {
  private static final SortedSet<Label> NONE = Collections.emptySortedSet();

  private final DatabaseConfig config = TestServices.freshDatabase();
  private final Database pool = Database.open(config);
  private final DSLContext others = DSL.using(Database.patient(config), SQLDialect.POSTGRES);
  private final DecisionLog log = DecisionLog.postgres(pool.pool(), pool.longestWait());

  @AfterEach
  void close() {
    log.close();
    pool.close();
  }

  private void write() {
    log.recordNow(
        new OutcomeRecord(
            UUID.randomUUID().toString(), Instant.now(), Status.COMPLETED, NONE, Duration.ZERO));
  }

  private void appendElsewhere(int entries) {
    others.transaction(transaction ->
        JooqAuditLog.append(
            transaction.dsl(),
            IntStream.range(0, entries)
                .mapToObj(i -> LogEntry.admin("test", "Ada", "thing " + i, Instant.now()).build())
                .toList()));
  }

  private void tamper(String... statements) {
    others.transaction(transaction -> {
      transaction.dsl().execute("SET LOCAL session_replication_role = replica");
      for (String statement : statements) {
        transaction.dsl().execute(statement);
      }
    });
  }

  @Test
  void whatOthersAppendIsFollowedHoweverMuchItIs() {
    write();
    appendElsewhere(3);
    write();
    for (int i = 0; i < 3; i++) {
      appendElsewhere(2500);
    }
    write();
    assertThat(JooqAuditLog.head(others).size()).isEqualTo(7506);
    assertThat(log.isUsable()).isTrue();
  }

  @Test
  void aLogThatBecameShorterIsNotWrittenTo() {
    write();
    tamper("DELETE FROM audit_log", "UPDATE audit_head SET size = 0, frontier = ''");
    assertThatThrownBy(this::write).isInstanceOf(InterceptorException.class);
    assertThat(log.isUsable()).isFalse();
    assertThat(JooqAuditLog.head(others).size()).isZero();
  }

  @Test
  void aLogThatIsLongerAndAnotherOneIsNotWrittenTo() {
    write();
    tamper("DELETE FROM audit_log", "UPDATE audit_head SET size = 0, frontier = ''");
    appendElsewhere(5);
    assertThatThrownBy(this::write).isInstanceOf(InterceptorException.class);
    assertThatThrownBy(this::write).isInstanceOf(InterceptorException.class);
    assertThat(log.isUsable()).isFalse();
    assertThat(JooqAuditLog.head(others).size()).isEqualTo(5);
  }

  @Test
  void aRowThatWasTakenAwayBehindTheEndIsMissed() {
    write();
    appendElsewhere(5);
    tamper("DELETE FROM audit_log WHERE idx = 3");
    assertThatThrownBy(this::write).isInstanceOf(InterceptorException.class);
    assertThat(log.isUsable()).isFalse();
  }

  @Test
  void aListOfNoEntriesIsNothing() {
    log.append(List.of());
    assertThat(JooqAuditLog.head(others).size()).isZero();
  }
}
