package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import java.util.Arrays;
import java.util.stream.Stream;

/// Two values side by side, as lilith 0.2 compares them: an argument that is not there is null, and
/// numbers are equal if less than 2⁻⁵² lies between them. What is no number has no order, which is
/// a fault.
record Comparison(Operator operator, Operand left, Operand right) {

  enum Operator {
    EQUAL("=="),
    UNEQUAL("!="),
    GREATER(">"),
    LESS("<");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    static Operator of(String symbol) {
      return Arrays.stream(values())
          .filter(operator -> operator.symbol.equals(symbol))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(symbol));
    }

    boolean needsNumbers() {
      return this == GREATER || this == LESS;
    }

    String symbol() {
      return symbol;
    }
  }

  sealed interface Operand {
    /// An argument by its name.
    record Variable(String name) implements Operand {}

    record Value(JsonValue value) implements Operand {}

    private JsonValue in(JsonObject arguments) {
      return switch (this) {
        case Variable variable -> arguments.members().getOrDefault(variable.name(), JsonNull.NULL);
        case Value constant -> constant.value();
      };
    }
  }

  /// The names of the arguments that are compared.
  Stream<String> variables() {
    return Stream.of(left, right)
        .filter(Operand.Variable.class::isInstance)
        .map(operand -> ((Operand.Variable) operand).name());
  }

  Truth test(JsonObject arguments) {
    JsonValue a = left.in(arguments);
    JsonValue b = right.in(arguments);
    return switch (operator) {
      case EQUAL -> Truth.of(areEqual(a, b));
      case UNEQUAL -> Truth.of(!areEqual(a, b));
      case GREATER -> isLess(b, a);
      case LESS -> isLess(a, b);
    };
  }

  private static boolean areEqual(JsonValue a, JsonValue b) {
    return a.equals(b)
        || (a instanceof JsonNumber(double x)
            && b instanceof JsonNumber(double y)
            && Math.abs(x - y) < Math.ulp(1.0));
  }

  private static Truth isLess(JsonValue a, JsonValue b) {
    return a instanceof JsonNumber(double x) && b instanceof JsonNumber(double y)
        ? Truth.of(x < y)
        : Truth.FAULT;
  }
}
