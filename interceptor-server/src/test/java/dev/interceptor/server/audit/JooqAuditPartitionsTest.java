package dev.interceptor.server.audit;

import static dev.interceptor.migrations.tables.Tables.AUDIT_LOG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.tlog.Finding;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.embedded.TestServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class JooqAuditPartitionsTest {
  private static final Instant MAY = Instant.parse("2021-05-20T12:00:00Z");
  private static final Instant JUNE = Instant.parse("2021-06-02T12:00:00Z");
  private static final Instant JULY = Instant.parse("2021-07-31T12:00:00Z");

  private static final List<String> MIGRATIONS =
      List.of(
          "V1__keys_and_decisions",
          "V2__policies",
          "V3__approvals",
          "V4__limits",
          "V5__result_labels",
          "V6__pinned_tools",
          "V7__input_required",
          "V8__audit_log");

  private static final NoteSigner SIGNER = signer((byte) 0);
  private static final Duration IDLE = Duration.ofHours(1);

  private final DataSource source = Database.patient(TestServices.freshDatabase());
  private final DSLContext database = DSL.using(source, SQLDialect.POSTGRES);
  private final JooqAuditPartitions partitions = new JooqAuditPartitions(source, SIGNER, IDLE);

  private static NoteSigner signer(byte seed) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, seed);
    return new NoteSigner(CheckpointTerms.ORIGIN, SigningKey.ofSeed(bytes));
  }

  private void append(Instant at, int entries) {
    database.transaction(transaction ->
        JooqAuditLog.append(
            transaction.dsl(),
            IntStream.range(0, entries)
                .mapToObj(i -> LogEntry.admin("test", "Ada", "thing " + i, at).build())
                .toList()));
  }

  private List<String> months() {
    return database
        .fetch("SELECT DISTINCT tableoid::regclass::text FROM audit_log ORDER BY 1")
        .map(row -> row.get(0, String.class));
  }

  @Test
  void aMonthGetsItsPartitionAheadOfTime() {
    append(MAY, 1);
    assertThat(months()).containsExactly("audit_log_default");
    partitions.prepare(JUNE);
    partitions.prepare(JUNE);
    append(JUNE, 1);
    append(JULY, 1);
    assertThat(months())
        .containsExactly("audit_log_2021_06", "audit_log_2021_07", "audit_log_default");
    partitions.prepare(MAY);
    append(MAY, 1);
    assertThat(months())
        .containsExactly("audit_log_2021_06", "audit_log_2021_07", "audit_log_default");
  }

  @Test
  void whatIsPastTheRetentionGoesOnceItsHashesAreKept() {
    partitions.prepare(MAY);
    assertThat(partitions.drop(JULY, 1)).isEqualTo(1);
    partitions.prepare(MAY);
    append(MAY, 200);
    append(JULY, 10);
    assertThat(partitions.drop(JULY, 2)).isZero();
    assertThat(partitions.drop(JULY, 1)).isZero();
    append(JULY, 100);
    assertThat(partitions.drop(JULY, 1)).isEqualTo(1);
    assertThat(database.fetchCount(AUDIT_LOG, AUDIT_LOG.IDX.lt(200L))).isZero();
    JooqAuditRows.Stored last =
        JooqAuditRows.stored(JooqAuditRows.newest(database, DSL.noCondition(), 1).fetchSingle());
    assertThat(last.idx()).isEqualTo(310);
    assertThat(last.entry().orElseThrow().text("action")).contains("audit.retention");
    assertThat(last.entry().orElseThrow().text("target")).contains("200");
    assertThat(JooqAuditLog.head(database).size()).isEqualTo(311);
    assertThat(partitions.drop(JULY, 1)).isZero();
    assertThat(findings()).isEmpty();
  }

  @Test
  void aMonthThatGoesWithoutAWordIsMissed() {
    partitions.prepare(MAY);
    append(MAY, 200);
    append(JULY, 110);
    database.execute("DROP TABLE audit_log_2021_05");
    assertThat(findings())
        .extracting(Finding::kind, Finding::first)
        .contains(tuple(Finding.Kind.REMOVED, 0L));
  }

  static Stream<LogEntry> entriesOfNoRetention() {
    var may = new RetentionNote(200, "audit_log_2021_05");
    LogEntry signed = RetentionNote.entry(SIGNER, may, JULY);
    String note = signed.text("detail").orElseThrow();
    return Stream.of(
        saying("200", "audit_log_2021_05"),
        saying("200", ""),
        RetentionNote.entry(signer((byte) 1), may, JULY),
        RetentionNote.entry(SIGNER, new RetentionNote(100, "audit_log_2021_05"), JULY),
        saying("300", note),
        saying("0200", note),
        saying("200", note.replace("2021_05", "2021_04")),
        saying("200", SIGNER.sign(CheckpointTerms.ORIGIN + "\n200\naudit_log_2021_05\n")),
        saying("200", SIGNER.sign("other.example/retention\n200\naudit_log_2021_05\n")),
        saying("200", SIGNER.sign(CheckpointTerms.ORIGIN + "/retention\n200\nx\n")));
  }

  private static LogEntry saying(String target, String detail) {
    return LogEntry.admin(RetentionNote.ACTION, "retention", target, JULY)
        .text("detail", detail)
        .build();
  }

  @ParameterizedTest
  @MethodSource("entriesOfNoRetention")
  void whatNoKeyOfTheLogSignedExcusesNoMissingRow(LogEntry entry) {
    partitions.prepare(MAY);
    append(MAY, 200);
    append(JULY, 110);
    database.execute("DROP TABLE audit_log_2021_05");
    database.transaction(transaction -> JooqAuditLog.append(transaction.dsl(), List.of(entry)));
    assertThat(findings()).extracting(Finding::kind).contains(Finding.Kind.REMOVED);
  }

  @ParameterizedTest
  @CsvSource({"45,0", "30,1", "5,1"})
  void aMonthStaysWhileASessionLivesThatBeganInIt(int idleDays, int dropped) {
    var patient = new JooqAuditPartitions(source, SIGNER, Duration.ofDays(idleDays));
    patient.prepare(MAY);
    decide(MAY);
    append(MAY, 199);
    decide(Instant.parse("2021-06-25T12:00:00Z"));
    append(JULY, 100);
    decide(Instant.parse("2021-07-20T12:00:00Z"));
    assertThat(patient.drop(JULY, 1)).isEqualTo(dropped);
    assertThat(findings()).isEmpty();
  }

  private void decide(Instant at) {
    LogEntry decision =
        LogEntry.of(LogEntry.Kind.DECISION, at)
            .text("customer_id", "demo")
            .text("session_id", "long")
            .text("outcome", "permit")
            .build();
    database.transaction(transaction -> JooqAuditLog.append(transaction.dsl(), List.of(decision)));
  }

  @Test
  void anInstanceWhoseClockIsAheadDropsNothing() {
    assertThat(partitions.drop(Instant.parse("2099-01-01T00:00:00Z"), 1)).isZero();
  }

  @Test
  void theMonthsOfWhatMovesInGetTheirPartitions() {
    DSLContext older =
        DSL.using(Database.patient(TestServices.emptyDatabase()), SQLDialect.POSTGRES);
    MIGRATIONS.stream().limit(7).forEach(name -> older.execute(migration(name)));
    older.execute(
        """
        INSERT INTO decision_outcomes (decision_id, at, status, labels_removed, upstream_micros)
        VALUES (gen_random_uuid(), '2021-05-31 23:59:59+00', 'completed', '{}', 1)
        """);
    older.execute(migration(MIGRATIONS.getLast()));
    assertThat(older.fetch("SELECT tableoid::regclass::text FROM audit_log"))
        .extracting(row -> row.get(0, String.class))
        .containsExactly("audit_log_2021_05");
  }

  private static String migration(String name) {
    try (var file = Database.class.getResourceAsStream("/db/migration/" + name + ".sql")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Finding> findings() {
    return LogAudit.verify(source, List.of(SIGNER.verifier()), List.of(), _ -> {}).findings();
  }
}
