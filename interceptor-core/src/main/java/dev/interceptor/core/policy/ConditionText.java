package dev.interceptor.core.policy;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// Conditions and selectors in one line, for people.
final class ConditionText {
  private ConditionText() {}

  static String of(Condition condition) {
    return switch (condition) {
      case Condition.All all -> "AND" + listed(all.parts());
      case Condition.Any any -> "OR" + listed(any.parts());
      case Condition.Not not -> "NOT " + of(not.part());
      case Condition.CurrentTool tool -> "current_tool: " + tool.name().text();
      case Condition.CurrentToolClass named -> "current_tool_class: " + named.toolClass();
      case Condition.SessionHasTool tool -> "session_has_tool: " + tool.name().text();
      case Condition.SessionHasClass named -> "session_has_class: " + named.toolClass();
      case Condition.SessionHasTaint tag -> "session_has_taint: " + tag.tag();
      case Condition.ToolArgsMatch match ->
          match.arguments().stream()
              .map(argument -> String.join(".", argument.path()) + ": " + json(argument.wanted()))
              .collect(Collectors.joining(", ", "tool_args_match: {", "}"));
      case Condition.Expression expression -> expression.text();
      case Condition.InSequence in -> of(in.sequence());
      case Condition.Compared compared -> of(compared.comparison());
      case Condition.Resource resource ->
          String.join(" or ", resource.arguments()) + ": " + resource.wanted().text();
    };
  }

  private static String listed(List<Condition> parts) {
    return parts.stream().map(ConditionText::of).collect(Collectors.joining(", ", " [", "]"));
  }

  private static String of(Comparison comparison) {
    return of(comparison.left())
        + " "
        + comparison.operator().symbol()
        + " "
        + of(comparison.right());
  }

  private static String of(Comparison.Operand operand) {
    return switch (operand) {
      case Comparison.Operand.Variable variable -> variable.name();
      case Comparison.Operand.Value constant -> json(constant.value());
    };
  }

  private static String of(Sequence sequence) {
    String steps =
        sequence.steps().stream().map(ConditionText::of).collect(Collectors.joining(" → "));
    return "sequence "
        + steps
        + (sequence.maxDistance().isPresent()
            ? " within " + sequence.maxDistance().getAsInt() + " calls"
            : "")
        + (sequence.maxGap().isPresent()
            ? ", each within " + sequence.maxGap().getAsInt() + " of the one before"
            : "");
  }

  static String of(Selector selector) {
    return switch (selector) {
      case Selector.ByTool tool -> "tool " + tool.name().text();
      case Selector.ByClass named -> "class " + named.toolClass();
      case Selector.AnyOf anyOf ->
          anyOf.parts().stream().map(ConditionText::of).collect(Collectors.joining(" or "));
    };
  }

  static String json(JsonValue value) {
    return new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8);
  }
}
