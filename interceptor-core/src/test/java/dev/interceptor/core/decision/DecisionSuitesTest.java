package dev.interceptor.core.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every file of `policies/tests` and `policies/tests/invalid`.
final class DecisionSuitesTest {
  private static final Principal ALICE =
      new Principal(new CustomerId("acme"), new ApiKeyId("alice001"));

  @TestFactory
  List<DynamicContainer> everySuiteDecidesAsWritten() throws IOException {
    List<DynamicContainer> suites = new ArrayList<>();
    for (Path file : yamlFiles(DecisionSuite.policies().resolve("tests"))) {
      suites.add(container(DecisionSuite.read(file)));
    }
    assertThat(suites).hasSizeGreaterThanOrEqualTo(10);
    return suites;
  }

  @TestFactory
  List<DynamicTest> everyInvalidPolicyIsRejectedWithAllItsProblems() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : yamlFiles(DecisionSuite.policies().resolve("tests/invalid"))) {
      String name = String.valueOf(file.getFileName());
      Path problems = file.resolveSibling(name.replace(".yaml", ".problems.txt"));
      tests.add(
          DynamicTest.dynamicTest(
              name,
              () -> {
                var result = PolicyParser.parse(Files.readString(file), name);
                assertThat(result).isInstanceOf(PolicyParser.Result.Rejected.class);
                assertThat(((PolicyParser.Result.Rejected) result).problems())
                    .extracting(PolicyProblem::toString)
                    .containsExactlyElementsOf(Files.readAllLines(problems));
              }));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(8);
    return tests;
  }

  private static DynamicContainer container(DecisionSuite suite) {
    PolicySet policies = Policies.parsed(suite.policy(), suite.policyName());
    Map<SessionId, SessionState> sessions = new HashMap<>();
    List<Executed> story = new ArrayList<>();
    for (DecisionSuite.Step step : suite.steps()) {
      SessionState before = sessions.getOrDefault(step.session(), SessionState.NEW);
      var request = new DecisionRequest(ALICE, step.session(), step.call());
      Decision decision = new PolicyDecisionPoint().decide(request, policies, before);
      sessions.put(step.session(), DecisionSuite.settled(step, before, decision));
      story.add(new Executed(step, DecisionSuite.Wanted.of(decision)));
    }
    return DynamicContainer.dynamicContainer(
        suite.name() + ": " + suite.description(),
        story.stream()
            .map(executed ->
                DynamicTest.dynamicTest(
                    executed.step().title(),
                    () -> assertThat(executed.got()).isEqualTo(executed.step().wanted()))));
  }

  private record Executed(DecisionSuite.Step step, DecisionSuite.Wanted got) {}

  private static List<Path> yamlFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}
