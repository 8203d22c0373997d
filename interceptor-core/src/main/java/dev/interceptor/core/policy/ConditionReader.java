package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// Reads conditions: an object with one operator, or text with a CEL expression.
final class ConditionReader {
  /// In the order in which Sentinel v1 looked for one.
  static final List<String> OPERATORS =
      List.of(
          "AND",
          "OR",
          "NOT",
          "current_tool_class",
          "current_tool",
          "session_has_class",
          "session_has_tool",
          "session_has_taint",
          "tool_args_match");

  private final YamlReading yaml;
  private final SentinelRules sentinel;
  private final boolean toolIsNamed;

  /// @param toolIsNamed whether the rule names a tool, so that its arguments are known
  ConditionReader(YamlReading yaml, SentinelRules sentinel, boolean toolIsNamed) {
    this.yaml = yaml;
    this.sentinel = sentinel;
    this.toolIsNamed = toolIsNamed;
  }

  Optional<Condition> read(Node node) {
    if (yaml.dialect() == Dialect.LILITH) {
      return new LilithConditions(yaml, this::argumentsMatch).read(node);
    }
    if (node instanceof ScalarNode && yaml.isSentinel()) {
      yaml.problems()
          .at(
              node,
              "a condition of sentinel-v1 is an object with one operator; write `semantics: strict`"
                  + " to use an expression");
      return Optional.empty();
    }
    if (node instanceof ScalarNode) {
      return yaml.text(node, "a condition").flatMap(text -> expression(node, text));
    }
    if (!(node instanceof MappingNode)) {
      yaml.problems()
          .at(node, "a condition must be an object with one operator or a CEL expression");
      return Optional.empty();
    }
    return yaml.object(node, "a condition", OPERATORS, List.of())
        .flatMap(operators -> one(node, operators));
  }

  private Optional<Condition> one(Node node, Map<String, Node> operators) {
    if (operators.size() > 1 && yaml.isSentinel()) {
      return first(node, operators);
    }
    if (operators.size() > 1) {
      yaml.problems().at(node, "a condition has one operator; join several with `AND: [{…}, {…}]`");
    } else if (operators.isEmpty() && ((MappingNode) node).getValue().isEmpty()) {
      yaml.problems()
          .at(node, "a condition is empty; write one of " + String.join(", ", OPERATORS));
    }
    Optional<Condition> first = Optional.empty();
    for (var operator : operators.entrySet()) {
      Optional<Condition> condition = operation(operator.getKey(), operator.getValue());
      first = first.isPresent() ? first : condition;
    }
    return first;
  }

  /// Of several operators Sentinel v1 heeded one.
  private Optional<Condition> first(Node node, Map<String, Node> operators) {
    List<String> inOrder = OPERATORS.stream().filter(operators::containsKey).toList();
    yaml.problems()
        .warn(
            node,
            "sentinel-v1 heeds only `"
                + inOrder.getFirst()
                + "` here and ignores `"
                + String.join("`, `", inOrder.subList(1, inOrder.size()))
                + "`; join several with `AND: [{…}, {…}]`");
    return Optional.ofNullable(operators.get(inOrder.getFirst()))
        .flatMap(value -> operation(inOrder.getFirst(), value));
  }

  private Optional<Condition> operation(String operator, Node value) {
    String what = "`" + operator + "`";
    return switch (operator) {
      case "AND" -> Optional.of(new Condition.All(parts(value, what)));
      case "OR" -> Optional.of(new Condition.Any(parts(value, what)));
      case "NOT" -> read(value).map(Condition.Not::new);
      case "current_tool" -> yaml.toolName(value, what).map(Condition.CurrentTool::new);
      case "session_has_tool" -> yaml.toolName(value, what).map(Condition.SessionHasTool::new);
      case "current_tool_class" ->
          yaml.named(value, what, ToolClass::new).map(Condition.CurrentToolClass::new);
      case "session_has_class" ->
          yaml.named(value, what, ToolClass::new).map(Condition.SessionHasClass::new);
      case "session_has_taint" ->
          yaml.named(value, what, Label::new).map(Condition.SessionHasTaint::new);
      case "tool_args_match" -> argumentsMatch(value);
      default -> throw new IllegalStateException(operator);
    };
  }

  private List<Condition> parts(Node value, String what) {
    return List.copyOf(yaml.each(yaml.list(value, what), this::read));
  }

  private Optional<Condition> expression(Node node, String text) {
    return switch (Expressions.compile(text)) {
      case Expressions.Compiled.Program compiled ->
          Optional.of(new Condition.Expression(text.strip(), compiled.program()));
      case Expressions.Compiled.Refused refused -> {
        yaml.problems().at(node, refused.message());
        yield Optional.empty();
      }
    };
  }

  /// The value of `tool_args_match`.
  Optional<Condition> argumentsMatch(Node value) {
    if (!toolIsNamed) {
      yaml.problems()
          .at(
              value,
              "`tool_args_match` needs a rule with `tool`: tools of one class have different"
                  + " arguments");
    }
    Optional<Map<ScalarNode, Node>> entries = yaml.entries(value, "`tool_args_match`");
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    if (yaml.isSentinel()) {
      sentinel.once(
          value,
          "arguments are looked at here; Sentinel's last server lost them, so that"
              + " `tool_args_match` never matched");
    }
    if (entries.get().isEmpty() && yaml.isSentinel()) {
      yaml.problems().warn(value, "`tool_args_match` is empty and matches every call");
    } else if (entries.get().isEmpty()) {
      yaml.problems().at(value, "`tool_args_match` is empty; name at least one argument");
    }
    List<Condition.Argument> arguments = new ArrayList<>();
    entries.get().forEach((key, wanted) -> argument(key, wanted).ifPresent(arguments::add));
    return Optional.of(new Condition.ToolArgsMatch(List.copyOf(arguments)));
  }

  private Optional<Condition.Argument> argument(ScalarNode key, Node wanted) {
    List<String> path =
        yaml.dialect().isAncestral()
            ? List.of(key.getValue())
            : List.of(key.getValue().split("\\.", -1));
    if (path.contains("") && !yaml.dialect().isAncestral()) {
      yaml.problems()
          .at(key, "`" + YamlReading.shortened(key.getValue()) + "` is not a path like `a.b`");
      return Optional.empty();
    }
    return new YamlJson(yaml)
        .read(wanted)
        .map(json -> {
          Optional<Glob> glob = glob(json);
          if (yaml.isSentinel() && glob.isPresent() && glob.get().piecesMayOverlap()) {
            yaml.problems()
                .warn(
                    wanted,
                    "the text before and after a `*` may not overlap here, as it could in Sentinel:"
                        + " `ab*ba` does not match `aba`");
          }
          return new Condition.Argument(path, json, glob);
        });
  }

  private static Optional<Glob> glob(JsonValue json) {
    return json instanceof JsonString text && Glob.isGlob(text.value())
        ? Optional.of(Glob.of(text.value()))
        : Optional.empty();
  }
}
