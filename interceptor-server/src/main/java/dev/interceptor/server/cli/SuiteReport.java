package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.suite.DecisionSuite.Wanted;
import dev.interceptor.core.decision.suite.SuiteRun;
import dev.interceptor.core.policy.PolicyProblem;
import java.io.PrintWriter;
import java.util.List;

/// How `policy test` says what became of suites.
record SuiteReport(PrintWriter out) {
  /// What became of one file.
  sealed interface Outcome {
    record Broken(String source, List<PolicyProblem> problems) implements Outcome {}

    record Ran(SuiteRun run) implements Outcome {}

    default boolean isGood() {
      return this instanceof Ran ran && ran.run().failures().isEmpty();
    }

    default int steps() {
      return this instanceof Ran ran ? ran.run().steps().size() : 0;
    }
  }

  void print(Outcome outcome) {
    switch (outcome) {
      case Outcome.Broken broken -> {
        out.println("✗ " + broken.source() + ": cannot be run");
        broken.problems().forEach(problem -> out.println("    " + problem));
      }
      case Outcome.Ran ran -> {
        SuiteRun run = ran.run();
        out.printf(
            "%s %s: %s (%s)%n",
            outcome.isGood() ? "✓" : "✗",
            run.suite().source(),
            run.suite().description(),
            PolicyLintCommand.counted(run.steps().size(), "step"));
        run.failures().forEach(step -> print(run.suite().source(), step));
      }
    }
  }

  private void print(String source, SuiteRun.Decided decided) {
    var asked = decided.step().asked();
    out.printf(
        "    %s:%d:%d: %s%n", source, asked.place().line(), asked.place().column(), asked.title());
    out.println("      wanted " + text(decided.step().wanted()));
    out.println("      got    " + text(decided.got()));
  }

  void summary(int suites, int steps, int failed) {
    out.printf(
        "%s, %s: %s%n",
        PolicyLintCommand.counted(suites, "suite"),
        PolicyLintCommand.counted(steps, "step"),
        failed == 0 ? "all decide as written" : failed + " failed");
  }

  /// As a suite would write it.
  static String text(Wanted wanted) {
    return switch (wanted) {
      case Wanted.Permit permit ->
          "{permit: "
              + permit.by()
              + (permit.add().isEmpty() ? "" : ", add: " + permit.add())
              + (permit.remove().isEmpty() ? "" : ", remove: " + permit.remove())
              + "}";
      case Wanted.Deny deny ->
          "{deny: "
              + deny.reason()
              + (deny.by().isEmpty() ? "" : ", by: " + deny.by())
              + deny.message().map(message -> ", message: " + message).orElse("")
              + "}";
    };
  }

  static ObjectNode json(Outcome outcome) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (outcome) {
      case Outcome.Broken broken -> {
        node.put("suite", broken.source()).put("passed", false);
        var problems = node.putArray("problems");
        for (PolicyProblem problem : broken.problems()) {
          problems
              .addObject()
              .put("source", problem.source())
              .put("line", problem.line())
              .put("column", problem.column())
              .put("message", problem.message());
        }
      }
      case Outcome.Ran ran -> {
        SuiteRun run = ran.run();
        node.put("suite", run.suite().source())
            .put("description", run.suite().description())
            .put("passed", outcome.isGood())
            .put("steps", run.steps().size());
        var failures = node.putArray("failures");
        for (SuiteRun.Decided decided : run.failures()) {
          var asked = decided.step().asked();
          failures
              .addObject()
              .put("line", asked.place().line())
              .put("column", asked.place().column())
              .put("call", asked.title())
              .put("wanted", text(decided.step().wanted()))
              .put("got", text(decided.got()));
        }
      }
    }
    return node;
  }
}
