package dev.interceptor.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.Explanation;
import dev.interceptor.core.policy.RuleReading;
import dev.interceptor.core.policy.RuleReading.Verdict;
import dev.interceptor.core.policy.StaticVerdict;
import dev.interceptor.core.reference.Story.Answer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is said about a decision is what was decided.
class ExplanationAgreementTest {
  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  /// The limits and rules that explain the decision are those that it names.
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anExplanationEndsInTheDecisionAndItsRulesAddUpToIt(long seed) {
    var random = new Random(seed);
    ReferencePolicy policy = RandomPolicies.policy(random, RandomPolicies.semantics(random));
    new Telling(policy, RandomSessions.calls(random, 2, 40))
        .forEach(told -> {
          Explanation explained = told.engine().explain(told.call(), told.before(), told.used());
          assertThat(explained.decision()).isEqualTo(told.decision());
          if (explained.verdict() == StaticVerdict.ALLOW
              || explained.verdict() == StaticVerdict.REQUIRE_APPROVAL) {
            assertThat(named(explained, told.answer())).isEqualTo(told.answer().determining());
          } else {
            assertThat(explained.rules()).isEmpty();
          }
        });
  }

  private static List<String> named(Explanation explained, Answer answer) {
    List<String> named = new ArrayList<>();
    if (answer.permits()) {
      named.add("static");
      named.addAll(rules(explained, EnumSet.of(Verdict.ADDS_TAG, Verdict.REMOVES_TAG)));
      named.addAll(rules(explained, EnumSet.of(Verdict.NEEDS_APPROVAL)));
    } else if (answer.reason().equals("APPROVAL_REQUIRED")) {
      named.addAll(rules(explained, EnumSet.of(Verdict.NEEDS_APPROVAL)));
      if (explained.verdict() == StaticVerdict.REQUIRE_APPROVAL) {
        named.add("static");
      }
    } else {
      explained.limits().stream()
          .filter(limit -> limit.refusal().isPresent())
          .forEach(limit -> named.add(limit.limit().id().value()));
      named.addAll(rules(explained, EnumSet.of(Verdict.DENIES, Verdict.FAULT)));
    }
    return named;
  }

  /// A tag that is not removed because of a fault denies nothing.
  private static List<String> rules(Explanation explained, Set<Verdict> verdicts) {
    return explained.rules().stream()
        .filter(rule -> verdicts.contains(rule.verdict()))
        .filter(rule -> rule.verdict() != Verdict.FAULT || !rule.action().startsWith("REMOVE"))
        .map(RuleReading::id)
        .map(Object::toString)
        .toList();
  }
}
