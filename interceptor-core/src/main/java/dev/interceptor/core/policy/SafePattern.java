package dev.interceptor.core.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.ast.CelExpr;
import java.util.List;
import java.util.Optional;

/// Patterns of `matches`: RE2's syntax, which is matched in time proportional to the text, without
/// groups that look back or around.
final class SafePattern {
  /// Instructions of the compiled pattern.
  static final int MAX_SIZE = 1_000;

  private SafePattern() {}

  /// What is wrong with the pattern of a call of `matches`.
  static Optional<String> problem(CelExpr.CelCall call) {
    Optional<String> text = text(call);
    if (text.isEmpty()) {
      return Optional.of(
          "the pattern of `matches` is not a text literal; write the pattern itself");
    }
    try {
      return Pattern.compile(text.get()).programSize() > MAX_SIZE
          ? Optional.of("the pattern of `matches` is too large; write a shorter one")
          : Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of(
          "`matches` does not take the pattern (" + e.getDescription() + "); write it for RE2");
    }
  }

  private static Optional<String> text(CelExpr.CelCall call) {
    List<CelExpr> operands = ExpressionReads.operands(call);
    return operands.size() == 2 ? ExpressionReads.constantText(operands.get(1)) : Optional.empty();
  }

  /// Instructions of the pattern of a call that has no problem.
  static int sizeOf(CelExpr.CelCall call) {
    return text(call).map(text -> Pattern.compile(text).programSize()).orElse(MAX_SIZE);
  }
}
