package dev.interceptor.core.decision.suite;

import dev.interceptor.core.decision.suite.DecisionSuite.Step;
import dev.interceptor.core.decision.suite.DecisionSuite.Wanted;
import java.util.ArrayList;
import java.util.List;

/// A suite that was run: every decision beside the wanted one.
public record SuiteRun(DecisionSuite suite, List<Decided> steps) {
  public SuiteRun {
    steps = List.copyOf(steps);
  }

  /// One step and what became of it.
  public record Decided(Step step, Wanted got) {
    public boolean isAsWanted() {
      return got.equals(step.wanted());
    }
  }

  /// The steps whose decision differs in any part.
  public List<Decided> failures() {
    return steps.stream().filter(step -> !step.isAsWanted()).toList();
  }

  /// Takes the calls of the story one after the other. Each permitted one leaves in its session,
  /// and in the customer's periods of time, what it would leave in the running system.
  public static SuiteRun of(DecisionSuite suite) {
    var world = new PolicyWorld(suite.policy());
    List<Decided> decided = new ArrayList<>();
    for (Step step : suite.steps()) {
      decided.add(new Decided(step, Wanted.of(world.decide(step.asked()))));
    }
    return new SuiteRun(suite, decided);
  }
}
