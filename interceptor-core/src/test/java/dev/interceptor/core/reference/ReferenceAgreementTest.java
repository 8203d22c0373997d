package dev.interceptor.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.interceptor.core.reference.Story.Call;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The engine and the reference give the same answer to every call of random stories.
///
/// The long run: `mvn -pl interceptor-core test -Dtest=ReferenceAgreementTest -Dtriples=10000000`.
/// One failing seed alone: `-Dseed=…`.
class ReferenceAgreementTest {
  private static final int STORIES = 2;
  private static final int SESSIONS = 3;
  private static final int CALLS = 60;

  private final Map<String, Long> tally = new TreeMap<>();
  private long triples;

  @Test
  void theEngineAnswersEveryCallAsTheDocumentsSay() {
    long wanted = Long.getLong("triples", 200_000);
    long seed = Long.getLong("seed", 0);
    long started = cpu();
    while (triples < wanted) {
      agreeOn(seed++);
    }
    report(cpu() - started);
    assertThat(tally.values()).allMatch(count -> count > triples / 100);
  }

  private void agreeOn(long seed) {
    var random = new Random(seed);
    boolean sequencesOnly = seed % 8 == 0;
    ReferencePolicy policy =
        sequencesOnly
            ? RandomPolicies.sequences(random)
            : RandomPolicies.policy(random, RandomPolicies.semantics(random));
    var engine = new Engine(PolicyText.of(policy));
    for (int i = 0; i < STORIES; i++) {
      List<Call> calls = RandomSessions.calls(random, sequencesOnly ? 2 : SESSIONS, CALLS);
      Agreement.firstDisagreement(
              policy,
              engine,
              calls,
              answer -> tally.merge(answer.permits() ? "permit" : answer.reason(), 1L, Long::sum))
          .ifPresent(found -> fail("seed " + seed + "\n" + Agreement.shrunk(policy, calls)));
      triples += CALLS;
    }
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void report(long nanos) {
    System.out.printf(
        "%,d triples agree, %.1f s of CPU a million%n", triples, nanos / 1e3 / triples);
    tally.forEach((what, n) -> System.out.printf("%6.2f %% %s%n", 100.0 * n / triples, what));
  }
}
