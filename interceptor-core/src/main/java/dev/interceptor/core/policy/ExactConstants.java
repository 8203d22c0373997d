package dev.interceptor.core.policy;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.Optional;

/// CEL's constants as JSON that compares as they do.
final class ExactConstants {
  private static final long EXACT = 1L << 53;

  private ExactConstants() {}

  /// Numbers compare by value, so an int is as good as the double that is equal to it.
  ///
  /// @return empty if the expression is no constant, or one that JSON does not have
  static Optional<JsonValue> of(CelExpr expr) {
    if (expr.getKind() != Kind.CONSTANT) {
      return Optional.empty();
    }
    CelConstant constant = expr.constant();
    return switch (constant.getKind()) {
      case NULL_VALUE -> Optional.of(JsonNull.NULL);
      case BOOLEAN_VALUE -> Optional.of(JsonBoolean.of(constant.booleanValue()));
      case STRING_VALUE -> text(constant.stringValue());
      case INT64_VALUE -> whole(constant.int64Value());
      case DOUBLE_VALUE -> number(constant.doubleValue());
      default -> Optional.empty();
    };
  }

  private static Optional<JsonValue> text(String text) {
    try {
      return Optional.of(new JsonString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<JsonValue> whole(long value) {
    return Math.abs(value) > EXACT ? Optional.empty() : number((double) value);
  }

  private static Optional<JsonValue> number(double value) {
    boolean isMinusZero = value == 0 && 1 / value < 0;
    return isMinusZero || !(Math.abs(value) <= EXACT)
        ? Optional.empty()
        : Optional.of(new JsonNumber(value));
  }
}
