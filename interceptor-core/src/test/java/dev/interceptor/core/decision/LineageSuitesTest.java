package dev.interceptor.core.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.suite.DecisionSuite;
import dev.interceptor.core.decision.suite.SuiteFiles;
import dev.interceptor.core.decision.suite.SuiteRun;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicyProblem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every file of `policies/tests/lineage`, in both meanings.
final class LineageSuitesTest {
  @TestFactory
  List<DynamicTest> everyCaseMeansWhatItSays() {
    List<DynamicTest> tests = new ArrayList<>();
    for (LineageSuite suite : suites()) {
      for (String meaning : suite.meanings()) {
        tests.add(
            DynamicTest.dynamicTest(
                suite.name() + " as " + meaning + ": " + suite.description(),
                () -> check(suite, meaning)));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(60);
    return tests;
  }

  @Test
  void everyCaseStandsInTheTableOfTheLanguage() {
    String document = SuiteFiles.text(SuiteFiles.policies().resolve("../docs/policy-language.md"));
    String table = document.substring(document.indexOf("## Where sentinel-v1 and strict differ"));
    assertThat(suites())
        .extracting(LineageSuite::name)
        .allSatisfy(name -> assertThat(table).contains("| `" + name + "` |"));
  }

  private static void check(LineageSuite suite, String meaning) {
    var result = PolicyParser.parse(suite.textAs(meaning), suite.name());
    List<String> refused = suite.refused().getOrDefault(meaning, List.of());
    switch (result) {
      case PolicyParser.Result.Rejected rejected -> saysInTurn(rejected.problems(), refused);
      case PolicyParser.Result.Parsed parsed -> {
        assertThat(refused).as("the problems of a text that loads").isEmpty();
        saysInTurn(parsed.warnings(), meaning.equals("strict") ? List.of() : suite.warns());
        decides(suite.as(meaning));
      }
    }
  }

  private static void saysInTurn(List<PolicyProblem> said, List<String> parts) {
    assertThat(said)
        .as("each with a part of its own in %s", parts)
        .hasSameSizeAs(parts)
        .zipSatisfy(parts, (problem, part) -> assertThat(problem.message()).contains(part));
  }

  private static void decides(DecisionSuite suite) {
    assertThat(suite.steps()).isNotEmpty();
    assertThat(SuiteRun.of(suite).steps())
        .allSatisfy(decided ->
            assertThat(decided.got())
                .as(
                    "%s %s",
                    decided.step().asked().call().tool(),
                    decided.step().asked().call().arguments().value())
                .isEqualTo(decided.step().wanted()));
  }

  private static List<LineageSuite> suites() {
    return SuiteFiles.files(SuiteFiles.policies().resolve("tests/lineage")).stream()
        .map(LineageSuite::read)
        .toList();
  }
}
