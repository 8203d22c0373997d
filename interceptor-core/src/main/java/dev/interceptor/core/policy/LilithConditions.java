package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads the conditions of lilith 0.2.
final class LilithConditions {
  private static final YamlReading.Keys OPERATORS =
      YamlReading.Keys.of("and", "or", "not", "==", "!=", ">", "<", "tool_args_match");

  private final YamlReading yaml;
  private final Function<Node, Optional<Condition>> argumentsMatch;

  /// @param argumentsMatch reads the value of `tool_args_match`
  LilithConditions(YamlReading yaml, Function<Node, Optional<Condition>> argumentsMatch) {
    this.yaml = yaml;
    this.argumentsMatch = argumentsMatch;
  }

  Optional<Condition> read(Node node) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return Optional.of(
          scalar.getValue().equals("true")
              ? new Condition.All(List.of())
              : new Condition.Any(List.of()));
    }
    if (!(node instanceof MappingNode)) {
      yaml.problems().at(node, "a condition must be an object with one operator, or true or false");
      return Optional.empty();
    }
    Optional<Map<String, Node>> operators = yaml.object(node, "a condition", OPERATORS);
    boolean isNone = ((MappingNode) node).getValue().isEmpty();
    if (operators.isPresent() && (operators.get().size() > 1 || isNone)) {
      yaml.problems().at(node, "a condition has one operator; join several with `and: [{…}, {…}]`");
      return Optional.empty();
    }
    return operators
        .map(Map::entrySet)
        .flatMap(entries -> entries.stream().findFirst())
        .flatMap(entry -> operation(entry.getKey(), entry.getValue()));
  }

  private Optional<Condition> operation(String operator, Node value) {
    return switch (operator) {
      case "and" -> Optional.of(new Condition.All(parts(value, operator)));
      case "or" -> Optional.of(new Condition.Any(parts(value, operator)));
      case "not" -> read(value).map(Condition.Not::new);
      case "tool_args_match" -> argumentsMatch.apply(value);
      default -> comparison(operator, value);
    };
  }

  private List<Condition> parts(Node value, String operator) {
    return List.copyOf(yaml.each(yaml.list(value, "`" + operator + "`"), this::read));
  }

  private Optional<Condition> comparison(String operator, Node value) {
    List<Node> nodes = yaml.list(value, "`" + operator + "`");
    if (nodes.size() != 2) {
      yaml.problems()
          .at(value, "`" + operator + "` compares two values, as in `[{var: amount}, 100]`");
      return Optional.empty();
    }
    List<Comparison.Operand> operands = yaml.each(nodes, this::operand);
    if (operands.size() != 2) {
      return Optional.empty();
    }
    var kind = Comparison.Operator.of(operator);
    if (kind.needsNumbers()) {
      yaml.problems()
          .warn(
              value,
              "a value that is missing or no number denies here; in lilith `"
                  + operator
                  + "` did not hold for it");
    }
    return Optional.of(
        new Condition.Compared(new Comparison(kind, operands.getFirst(), operands.getLast())));
  }

  private Optional<Comparison.Operand> operand(Node node) {
    if (!(node instanceof MappingNode mapping)
        || mapping.getValue().size() != 1
        || !(mapping.getValue().getFirst().getKeyNode() instanceof ScalarNode key)
        || !key.getValue().equals("var")) {
      Optional<JsonValue> json = new YamlJson(yaml).read(node);
      return json.map(Comparison.Operand.Value::new);
    }
    Node name = mapping.getValue().getFirst().getValueNode();
    Optional<String> text = yaml.text(name, "`var`");
    if (text.isPresent() && (text.get().equals("tool_name") || text.get().indexOf('.') >= 0)) {
      yaml.problems()
          .warn(
              name,
              "`var` names an argument, here as in lilith; only an argument called exactly this"
                  + " is meant");
    }
    return text.map(Comparison.Operand.Variable::new);
  }
}
