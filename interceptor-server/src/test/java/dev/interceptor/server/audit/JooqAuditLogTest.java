package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static dev.interceptor.migrations.tables.Tables.AUDIT_TILES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.TreeHash;
import dev.interceptor.server.audit.JooqAuditRows.Stored;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.embedded.TestServices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JooqAuditLogTest {
  private static final Instant NOW = Instant.parse("2026-11-21T23:59:59.999999999Z");

  private final DSLContext database =
      DSL.using(Database.patient(TestServices.freshDatabase()), SQLDialect.POSTGRES);

  private void append(List<LogEntry> entries) {
    database.transaction(transaction -> JooqAuditLog.append(transaction.dsl(), entries));
  }

  private List<Stored> rows() {
    return JooqAuditRows.select(database, DSL.noCondition()).fetch().map(JooqAuditRows::stored);
  }

  private static LogEntry event(int number) {
    return LogEntry.admin("test", "Ada", "thing " + number, NOW.plusSeconds(number)).build();
  }

  private static List<LogEntry> events(int from, int to) {
    return IntStream.range(from, to).mapToObj(JooqAuditLogTest::event).toList();
  }

  @Test
  void aStoredRowIsTheEntryThatWasAppended() {
    var entries = new ArrayList<LogEntry>();
    for (LogEntry.Kind kind : LogEntry.Kind.values()) {
      entries.add(
          LogEntry.of(kind, NOW)
              .text("decision_id", UUID.randomUUID().toString())
              .text("target", "quote \" backslash \\ tab \t bell \u0007 delete \u007f é 😀 \u2028")
              .text("args", "{\"a\":\"\\u0000\",\"b\":1e21}")
              .texts("labels_added", List.of("pii", "with, comma", "{brace}", "\"", "", "NULL"))
              .texts("rules", List.of())
              .number("session_version", (1L << 53) - 1)
              .number("times", -1)
              .build());
    }
    entries.add(LogEntry.of(LogEntry.Kind.ADMIN, Instant.parse("1999-01-01T00:00:00Z")).build());
    append(entries);
    List<Stored> rows = rows();
    assertThat(rows.stream().map(row -> row.entry().orElseThrow())).isEqualTo(entries);
    assertThat(rows)
        .allSatisfy(row ->
            assertThat(row.leaf()).contains(TreeHash.leaf(row.entry().orElseThrow().canonical())));
  }

  @Test
  void theHeadAndTheTilesAreTheTreeOfAllRows() {
    for (int size : List.of(1, 255, 256, 257, 300, 700, 1200)) {
      append(events((int) JooqAuditLog.head(database).size(), size));
      Frontier expected = Frontier.EMPTY;
      for (LogEntry entry : events(0, size)) {
        expected = expected.append(TreeHash.leaf(entry.canonical()));
      }
      assertThat(JooqAuditLog.head(database)).isEqualTo(expected);
      assertThat(database.fetchCount(AUDIT_TILES)).isEqualTo(size / 256);
    }
  }

  @Test
  void appendersThatRaceMakeOneOrderWithoutGaps() throws Exception {
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all =
          callers.invokeAll(
              IntStream.range(0, 40)
                  .mapToObj(i ->
                      (Callable<Boolean>)
                          () -> {
                            append(events(i * 10, i * 10 + 10));
                            return true;
                          })
                  .toList());
      for (Future<Boolean> one : all) {
        assertThat(one.get()).isTrue();
      }
    }
    List<Stored> rows = rows();
    assertThat(rows.stream().map(Stored::idx))
        .isEqualTo(IntStream.range(0, 400).mapToObj(Long::valueOf).toList());
    Frontier tree = Frontier.EMPTY;
    for (Stored row : rows) {
      tree = tree.append(row.leaf().orElseThrow());
    }
    assertThat(JooqAuditLog.head(database)).isEqualTo(tree);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00 BC')::timestamptz",
        "'infinity'",
        "'-infinity'",
        "at + interval '9000 years'"
      })
  void aTimeThatNoEntryHasIsNotReadAsOne(String at) {
    append(events(0, 2));
    database.transaction(transaction -> {
      transaction.dsl().execute("SET LOCAL session_replication_role = replica");
      transaction.dsl().execute("UPDATE audit_log SET at = " + at + " WHERE idx = 1");
    });
    assertThat(rows()).hasSize(2);
    assertThat(rows().getLast().entry()).isEmpty();
  }

  @Test
  void aRowIsWrittenOnce() {
    append(events(0, 3));
    for (String change :
        List.of(
            "UPDATE audit_log SET actor = 'Eve' WHERE idx = 1",
            "DELETE FROM audit_log WHERE idx = 1",
            "TRUNCATE audit_log")) {
      assertThatThrownBy(() -> database.execute(change)).hasMessageContaining("written once");
    }
  }

  @Test
  void rowsWithoutHashesAreTakenOverIntoAnEmptyTreeOnly() {
    insertUnhashed(0, 700);
    JooqAuditAdoption.adopt(database);
    Frontier tree = Frontier.EMPTY;
    for (Stored row : rows()) {
      assertThat(row.leaf()).contains(TreeHash.leaf(row.entry().orElseThrow().canonical()));
      tree = tree.append(row.leaf().orElseThrow());
    }
    assertThat(tree.size()).isEqualTo(700);
    assertThat(JooqAuditLog.head(database)).isEqualTo(tree);
    insertUnhashed(700, 1);
    JooqAuditAdoption.adopt(database);
    assertThat(JooqAuditLog.head(database)).isEqualTo(tree);
    assertThat(database.fetchCount(AUDIT_LOG, AUDIT_LOG.LEAF_HASH.isNull())).isEqualTo(1);
  }

  private void insertUnhashed(long from, int rows) {
    database.execute(
        "INSERT INTO audit_log (idx, at, kind, tool) SELECT i, now(), 'decision', 'tool ' || i"
            + " FROM generate_series({0}, {1}) i",
        DSL.val(from), DSL.val(from + rows - 1));
  }
}
