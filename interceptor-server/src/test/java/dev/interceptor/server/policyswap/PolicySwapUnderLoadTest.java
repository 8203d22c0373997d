package dev.interceptor.server.policyswap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.BrokenServer;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RawClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Two server processes under calls while their policy is changed again and again, now through the
/// one's admin API, now through the other's; every so often a broken version is tried.
///
/// The build swaps 300 times. The long run: `mvn -pl interceptor-server -am test
/// -Dtest=PolicySwapUnderLoadTest -Dsurefire.failIfNoSpecifiedTests=false -Dswap.count=10000`
final class PolicySwapUnderLoadTest {
  private static final int SWAPS = Integer.getInteger("swap.count", 300);
  private static final int CONTROL_SWAPS = 60;
  private static final int CALLERS = 8;
  private static final int BETWEEN_BROKEN = 25;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String BROKEN_DIGEST = "f".repeat(64);

  private static int brokenTried;

  @Test
  void everyDecisionNamesOneVersionAndIsThatVersions() throws Exception {
    try (var stack = SwapStack.start()) {
      long start = System.nanoTime();
      Callers calls = swap(stack, SWAPS);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      DecidedRows.Findings found = check(stack, SWAPS, calls);
      System.out.printf(
          "%d swaps in %s, %d broken versions tried; answers %s; %d rows by %d versions, %d misfits,"
              + " longest lag under load %s%n",
          SWAPS,
          took,
          brokenTried,
          calls.answers(),
          found.rows(),
          found.versions(),
          found.misfits().size(),
          found.longestLag());

      assertThat(found.misfits()).isEmpty();
      assertThat(calls.answers().keySet()).isSubsetOf("200", "403 POLICY_DENIED");
      assertThat(found.rows()).isGreaterThan(SWAPS);
      assertThat(found.versions()).isGreaterThan(Math.min(SWAPS / 4, 50));
      aTamperedRowIsCaught(stack, calls);
    }
  }

  /// The same measurement on rows that do not fit.
  private static void aTamperedRowIsCaught(SwapStack stack, Callers calls) throws Exception {
    stack.sql(
        "SET session_replication_role = replica; UPDATE audit_log SET policy_digest ="
            + " (SELECT digest FROM policy_versions WHERE version = 1)"
            + " WHERE idx = (SELECT max(idx) FROM audit_log WHERE kind = 'decision')");
    stack.sql(
        "SET session_replication_role = replica; UPDATE audit_log SET policy_digest = '"
            + BROKEN_DIGEST
            + "' WHERE idx = (SELECT max(idx) FROM audit_log WHERE kind = 'decision' AND idx <"
            + " (SELECT max(idx) FROM audit_log WHERE kind = 'decision'))");
    assertThat(check(stack, SWAPS, calls).misfits()).hasSize(2);
  }

  @Test
  void aServerThatGivesAnOldDecisionUnderANewPolicyIsCaught() throws Exception {
    try (var stack = SwapStack.start(BrokenServer.class, BrokenServer.CACHED_DECISIONS)) {
      Callers calls = swap(stack, CONTROL_SWAPS);
      assertThat(check(stack, CONTROL_SWAPS, calls).misfits()).isNotEmpty();
    }
  }

  private static DecidedRows.Findings check(SwapStack stack, int swaps, Callers calls)
      throws Exception {
    return DecidedRows.check(stack.database(), SwapStack.POLICY, swaps, calls.sent());
  }

  private static Callers swap(SwapStack stack, int swaps) throws Exception {
    brokenTried = 0;
    try (var one = stack.admin(stack.one());
        var other = stack.admin(stack.other());
        var probe = new RawClient(stack.other().url())) {
      assertThat(stack.apply(one, Generations.text(SwapStack.POLICY, 1)).status()).isEqualTo(200);
      Await.until(
          "the first version on the other server",
          PATIENCE,
          () -> stack.permitted(probe).equals(Generations.permitted(1)));
      Callers callers = Callers.start(stack.urls(), stack.apiKey(), CALLERS);
      try {
        for (int generation = 2; generation <= swaps; generation++) {
          RawClient admin = generation % 3 == 0 ? other : one;
          RawClient.Reply applied =
              stack.apply(admin, Generations.text(SwapStack.POLICY, generation));
          assertThat(applied.status()).as(applied.body()).isEqualTo(200);
          if (generation % BETWEEN_BROKEN == 0) {
            tryBroken(stack, admin, probe, generation);
          }
        }
        long before = callers.count();
        Await.until("calls go on", PATIENCE, () -> callers.count() > before + CALLERS);
      } finally {
        callers.stop();
      }
      return callers;
    }
  }

  /// Once as a text, which is refused, and once written into the tables by somebody else.
  private static void tryBroken(SwapStack stack, RawClient admin, RawClient probe, int generation)
      throws Exception {
    brokenTried += 2;
    RawClient.Reply refused = stack.apply(admin, Generations.broken(SwapStack.POLICY));
    assertThat(refused.status()).as(refused.body()).isEqualTo(422);
    assertThat(refused.body()).contains("body:5:");
    stack.sql(
        """
        WITH next AS (SELECT max(version) + 1 AS version FROM policy_versions WHERE name = '%1$s'),
        written AS (
          INSERT INTO policy_versions
          SELECT '%1$s', version, '%2$s', '%3$s', '{}', now(), 'nobody', '' FROM next
          RETURNING version)
        SELECT version FROM written
        """
            .formatted(SwapStack.POLICY, BROKEN_DIGEST, Generations.broken(SwapStack.POLICY)));
    stack.sql(
        "UPDATE policies SET version = (SELECT max(version) FROM policy_versions WHERE name = '"
            + SwapStack.POLICY
            + "')");
    try (var health = stack.admin(stack.other())) {
      Await.until(
          "the other server says that it holds something back",
          PATIENCE,
          () ->
              health.get("/health/ready", "").body().contains("a changed policy is not in force"));
    }
    assertThat(stack.permitted(probe)).isEqualTo(Generations.permitted(generation));
  }
}
