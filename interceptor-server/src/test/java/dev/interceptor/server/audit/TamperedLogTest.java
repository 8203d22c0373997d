package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.Finding;
import dev.interceptor.core.tlog.LogVerdict;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// 1,000 changes by SQL of a log of a few hundred rows, as somebody makes them who owns the
/// database, each named by its first row; and logs that nobody changed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TamperedLogTest {
  private static final int ROUNDS = 100;

  private final LogOnDisk log = LogOnDisk.of(610, 61);

  @BeforeAll
  void theLogIsClean() {
    assertThat(log.verify().findings()).isEmpty();
  }

  @AfterAll
  void theLogIsCleanAgain() {
    assertThat(log.verify().findings()).isEmpty();
  }

  /// Ten seeds of a hundred changes.
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void eachChangeIsNamedByItsFirstRow(int seed) {
    var random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      LogVandal vandal = new LogVandal(log, new Random(random.nextLong()));
      LogVandal.Change[] changes = LogVandal.Change.values();
      LogVandal.Change change = changes[random.nextInt(changes.length)];
      String story = "seed " + seed + " round " + round + " " + change;
      log.changed(sql -> {
        LogVandal.Expected expected = vandal.make(change, sql);
        LogVerdict verdict = log.verify(sql);
        assertThat(verdict.isClean()).as(story).isFalse();
        Finding finding = verdict.first().orElseThrow();
        String found = story + ": wanted " + expected + ", found " + finding;
        boolean cut = finding.kind() == Finding.Kind.TAIL_CUT && !expected.exact();
        assertThat(cut ? verdict.vouched() : finding.first())
            .as(found)
            .isLessThanOrEqualTo(expected.first());
        assertThat(finding.last()).as(found).isGreaterThanOrEqualTo(expected.first());
        if (expected.exact()) {
          assertThat(finding.last()).as(found).isEqualTo(finding.first());
        }
      });
    }
  }

  @Test
  void aTailThatWasCutEverywhereIsExposedByACheckpointKeptElsewhere() {
    Checkpoint kept = log.checkpoint(600);
    log.changed(sql -> {
      log.truncate(sql, 590);
      assertThat(log.verify(sql).findings()).isEmpty();
      Finding finding = log.verify(sql, kept).first().orElseThrow();
      assertThat(finding.kind()).isEqualTo(Finding.Kind.TAIL_CUT);
      assertThat(finding.first()).isEqualTo(590);
    });
  }

  @Test
  void aHistoryThatWasRewrittenEverywhereIsExposedByACheckpointKeptElsewhere() {
    Checkpoint before = log.checkpoint(100);
    Checkpoint after = log.checkpoint(200);
    log.changed(sql -> {
      sql.execute("UPDATE audit_log SET target = 'forged' WHERE idx = 150");
      log.rehash(sql, 150);
      log.settle(sql);
      sql.execute("DELETE FROM audit_checkpoints");
      assertThat(log.verify(sql).findings()).isEmpty();
      Finding finding = log.verify(sql, before, after).first().orElseThrow();
      assertThat(finding.kind()).isEqualTo(Finding.Kind.REWRITTEN);
      assertThat(List.of(finding.first(), finding.last())).containsExactly(100L, 199L);
    });
  }

  @Test
  void chargesThatTheIndexHasOtherwiseAreTold() {
    log.changed(sql -> {
      sql.execute("UPDATE decision_charges SET amount = amount + 1 WHERE counter LIKE '%3'");
      assertThat(log.verify(sql).first().orElseThrow().kind()).isEqualTo(Finding.Kind.INDEX);
    });
    log.changed(sql -> {
      sql.execute("DELETE FROM decision_charges WHERE counter LIKE '%3'");
      assertThat(log.verify(sql).first().orElseThrow().kind()).isEqualTo(Finding.Kind.INDEX);
    });
    log.changed(sql -> {
      sql.execute(
          "INSERT INTO decision_charges SELECT gen_random_uuid(), customer_id, counter, amount"
              + " FROM decision_charges LIMIT 1");
      assertThat(log.verify(sql).first().orElseThrow().kind()).isEqualTo(Finding.Kind.INDEX);
    });
  }

  @Test
  void logsThatNobodyChangedAreClean() {
    for (int size : new int[] {0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 700, 1025}) {
      LogVerdict verdict = LogOnDisk.of(size, 50).verify();
      assertThat(verdict.findings()).as("size " + size).isEmpty();
      assertThat(verdict.rows()).isEqualTo(size);
    }
  }
}
