package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.tlog.LogVerdict;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.embedded.TestServices;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/// How long it takes to verify a large log, and that the memory for it does not grow. Runs with
/// `-Daudit.rows=1000000` only; see docs/testing.md.
class LargeLogTest {
  private static final long ROWS = Long.getLong("audit.rows", 0);
  private static final int BATCH = 2_000;
  private static final int STEPS = 10;
  private static final long GROWTH = 32L << 20;
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  private final DataSource database = Database.patient(TestServices.freshDatabase());

  @Test
  void aLargeLogIsVerifiedInTheMemoryOfASmallOne() {
    assumeTrue(ROWS > 0, "runs with -Daudit.rows=1000000");
    fill();
    new Checkpoints(database, LogOnDisk.SIGNER, Duration.ofHours(1), InstantSource.system()).sign();
    var kept = new long[STEPS + 1];
    long start = System.nanoTime();
    LogVerdict verdict =
        LogAudit.verify(
            database, List.of(LogOnDisk.SIGNER.verifier()), List.of(), rows -> note(rows, kept));
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT, "%,d rows in %.1f s: %,.0f rows/s%n", ROWS, seconds, ROWS / seconds);
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.rows()).isEqualTo(ROWS);
    assertThat(verdict.signed()).isEqualTo(ROWS);
    assertThat(kept[STEPS] - kept[1]).isLessThan(GROWTH);
  }

  /// The heap that is in use after a collection, at each tenth of the rows.
  private static void note(long rows, long[] kept) {
    if (rows % (ROWS / STEPS) == 0) {
      System.gc();
      long used =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getCollectionUsage() != null)
              .map(MemoryPoolMXBean::getCollectionUsage)
              .mapToLong(usage -> usage.getUsed())
              .sum();
      kept[(int) (rows / (ROWS / STEPS))] = used;
      System.out.printf(Locale.ROOT, "%,d rows: %.1f MiB%n", rows, used / 1048576.0);
    }
  }

  private void fill() {
    DSLContext sql = DSL.using(database, SQLDialect.POSTGRES);
    long start = System.nanoTime();
    for (long from = 0; from < ROWS; from += BATCH) {
      List<LogEntry> batch =
          LongStream.range(from, Math.min(ROWS, from + BATCH))
              .mapToObj(LargeLogTest::entry)
              .toList();
      sql.transaction(transaction -> JooqAuditLog.append(transaction.dsl(), batch));
    }
    System.out.printf(Locale.ROOT, "filled in %.1f s%n", (System.nanoTime() - start) / 1e9);
  }

  /// The members that a permit has.
  private static LogEntry entry(long i) {
    Instant at = START.plusMillis(i);
    return LogEntry.of(i % 2 == 0 ? LogEntry.Kind.DECISION : LogEntry.Kind.OUTCOME, at)
        .text("decision_id", new UUID(7, i / 2).toString())
        .text("request_id", "0123456789abcdef0123456789abcdef")
        .text("entry_point", "proxy.execute")
        .text("customer_id", "acme")
        .text("key_id", "abcd1234")
        .text("session_id", "session-" + i % 1000)
        .text("upstream", "mail")
        .text("tool", "send_email")
        .text("args_digest", "a".repeat(64))
        .text("outcome", "permit")
        .text("policy_digest", "b".repeat(64))
        .text("jti", new UUID(8, i).toString())
        .texts("rules", List.of("may-send", "no-leak"))
        .texts("labels_before", List.of("pii", "secret"))
        .number("session_version", i)
        .build();
  }
}
