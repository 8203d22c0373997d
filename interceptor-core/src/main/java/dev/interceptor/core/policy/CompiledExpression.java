package dev.interceptor.core.policy;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One expression, checked and ready to run.
final class CompiledExpression {
  private final CelRuntime.Program program;
  private final Optional<Direct.Answer> direct;
  private final ExpressionReads reads;
  private final int maxArguments;

  CompiledExpression(
      CelRuntime.Program program,
      Optional<Direct.Answer> direct,
      ExpressionReads reads,
      int maxArguments) {
    this.program = program;
    this.direct = direct;
    this.reads = reads;
    this.maxArguments = maxArguments;
  }

  Truth test(Situation situation) {
    if (situation.call().arguments().length() > maxArguments) {
      return Truth.FAULT;
    }
    return direct.isPresent() ? testDirectly(situation) : testByRuntime(situation);
  }

  boolean isDirect() {
    return direct.isPresent();
  }

  /// The answer of the direct parts, which there must be.
  Truth testDirectly(Situation situation) {
    try {
      return direct.orElseThrow().of(situation.frame());
    } catch (RuntimeException e) {
      return Truth.FAULT;
    }
  }

  /// The answer of CEL's own runtime.
  Truth testByRuntime(Situation situation) {
    try {
      return program.eval(situation::variable) instanceof Boolean value
          ? Truth.of(value)
          : Truth.FAULT;
    } catch (CelEvaluationException | RuntimeException e) {
      return Truth.FAULT;
    }
  }

  /// Why it cannot be evaluated; empty if it can.
  Optional<String> fault(Situation situation) {
    if (situation.call().arguments().length() > maxArguments) {
      return Optional.of("the arguments are too large for it");
    }
    if (test(situation) != Truth.FAULT) {
      return Optional.empty();
    }
    try {
      program.eval(situation::variable);
      return Optional.of("the arguments are too large for it");
    } catch (CelEvaluationException | RuntimeException e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return Optional.of(message.replaceFirst("^evaluation error[^:]*: ", ""));
    }
  }

  /// Whether it looks at nothing that differs from call to call.
  boolean isConstant() {
    return reads.variables().isEmpty();
  }

  /// How long the canonical arguments may be, in bytes; longer ones are a fault.
  int maxArguments() {
    return maxArguments;
  }

  /// Whether the answer depends on how many calls the session has made.
  boolean usesSessionCalls() {
    return reads.variables().contains(Expressions.SESSION_CALLS);
  }

  /// The arguments that it looks at, as names of members from the outside in; an empty path is all
  /// arguments together. What is inside of an array belongs to the array.
  Set<List<String>> argumentPaths() {
    return reads.arguments();
  }
}
