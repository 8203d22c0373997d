package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Direct evaluation against CEL's own runtime. `-Dexpressions.pairs=1000000` compares that many
/// pairs of an expression and arguments instead of 50,000.
final class DirectExpressionsTest {
  private static final int SEEDS = 50;
  private static final int CALLS = 50;
  private static final int PAIRS = Integer.getInteger("expressions.pairs", 50_000);

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void bothEvaluationsAgreeFaultsIncluded(long seed) {
    RandomExpressions random = new RandomExpressions(seed);
    Map<Truth, Integer> seen = new EnumMap<>(Truth.class);
    int compared = 0;
    while (compared < PAIRS / SEEDS) {
      String text = random.expression();
      if (!(Expressions.compile(text) instanceof Expressions.Compiled.Program compiled)
          || !compiled.program().isDirect()) {
        continue;
      }
      for (int i = 0; i < CALLS; i++) {
        Situation situation = random.situation();
        Truth truth = compiled.program().testDirectly(situation);
        assertThat(truth)
            .as("%s on %s", text, situation.call().arguments().value())
            .isEqualTo(compiled.program().testByRuntime(situation));
        seen.merge(truth, 1, Integer::sum);
        compared++;
      }
    }
    assertThat(seen).containsOnlyKeys(Truth.values());
  }

  @Test
  void mostRandomExpressionsAreDirect() {
    RandomExpressions random = new RandomExpressions(1);
    int direct = 0;
    for (int i = 0; i < 1_000; i++) {
      if (Expressions.compile(random.expression()) instanceof Expressions.Compiled.Program compiled
          && compiled.program().isDirect()) {
        direct++;
      }
    }
    assertThat(direct).isGreaterThan(250);
  }
}
