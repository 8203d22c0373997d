package dev.interceptor.core.decision.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicyProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every file of `policies/tests` and its folders; those of `policies/tests/invalid` are policies
/// that do not load.
final class DecisionSuitesTest {
  @TestFactory
  List<DynamicContainer> everySuiteDecidesAsWritten() {
    List<DynamicContainer> suites = new ArrayList<>();
    for (Path file : SuiteFiles.suites()) {
      suites.add(container(SuiteFiles.suite(file)));
    }
    assertThat(suites).hasSizeGreaterThanOrEqualTo(10);
    return suites;
  }

  private static DynamicContainer container(DecisionSuite suite) {
    return DynamicContainer.dynamicContainer(
        suite.source() + ": " + suite.description(),
        SuiteRun.of(suite).steps().stream()
            .map(decided ->
                DynamicTest.dynamicTest(
                    decided.step().asked().place().line() + ": " + decided.step().asked().title(),
                    () -> assertThat(decided.got()).isEqualTo(decided.step().wanted()))));
  }

  @TestFactory
  List<DynamicTest> everyInvalidPolicyIsRejectedWithAllItsProblems() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : SuiteFiles.files(SuiteFiles.policies().resolve("tests/invalid"))) {
      tests.add(DynamicTest.dynamicTest(SuiteFiles.name(file), () -> hasAllItsProblems(file)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(30);
    return tests;
  }

  private static void hasAllItsProblems(Path file) throws IOException {
    String name = SuiteFiles.name(file);
    Path problems = file.resolveSibling(name.replaceAll("\\.(yaml|json)$", ".problems.txt"));
    var result = PolicyParser.parse(SuiteFiles.text(file), name);
    assertThat(result).isInstanceOf(PolicyParser.Result.Rejected.class);
    assertThat(((PolicyParser.Result.Rejected) result).problems())
        .extracting(PolicyProblem::toString)
        .containsExactlyElementsOf(Files.readAllLines(problems));
  }
}
