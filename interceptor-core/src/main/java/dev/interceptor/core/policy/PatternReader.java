package dev.interceptor.core.policy;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.Sha256;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads `pattern`: a sequence of calls, or a condition.
final class PatternReader {
  static final YamlReading.Keys KEYS =
      new YamlReading.Keys(
          List.of("type", "steps", "max_distance", "max_gap", "anywhere", "condition"),
          List.of(),
          List.of("anywhere", "max_gap"));
  private static final int MAX_DISTANCE = 1_000_000;

  private final YamlReading yaml;
  private final ConditionReader conditions;
  private final Optional<Action> action;

  PatternReader(YamlReading yaml, ConditionReader conditions, Optional<Action> action) {
    this.yaml = yaml;
    this.conditions = conditions;
    this.action = action;
  }

  /// @param rule the rule's id, for the sequence's key
  /// @param index the place of a sequence among those of the policy
  Optional<Condition> read(Node node, String rule, int index) {
    Optional<Map<String, Node>> members = yaml.object(node, "`pattern`", KEYS);
    if (members.isEmpty()) {
      return Optional.empty();
    }
    Node type = members.get().get("type");
    if (type == null) {
      yaml.problems().at(node, "`pattern` needs `type`, `sequence` or `logic`");
      return Optional.empty();
    }
    return switch (yaml.text(type, "`type`").orElse("")) {
      case "sequence" -> sequence(node, members.get(), rule, index);
      case "logic" -> logic(node, members.get());
      default -> {
        yaml.problems().at(type, "`type` must be `sequence` or `logic`");
        yield Optional.empty();
      }
    };
  }

  private Optional<Condition> logic(Node node, Map<String, Node> members) {
    refuse(members, "logic", "steps", "max_distance", "max_gap", "anywhere");
    Node condition = members.get("condition");
    if (condition == null) {
      yaml.problems().at(node, "a logic pattern needs `condition`");
      return Optional.empty();
    }
    return conditions.read(condition);
  }

  private Optional<Condition> sequence(
      Node node, Map<String, Node> members, String rule, int index) {
    refuse(members, "sequence", "condition");
    Node stepsNode = members.get("steps");
    if (stepsNode == null) {
      yaml.problems().at(node, "a sequence needs `steps`, as in `steps: [{class: A}, {tool: b}]`");
      return Optional.empty();
    }
    List<Node> stepNodes = yaml.list(stepsNode, "`steps`");
    if (stepNodes.size() > Sequence.MAX_STEPS) {
      yaml.problems().at(stepsNode, "a sequence has at most " + Sequence.MAX_STEPS + " steps");
    }
    List<Selector> steps = yaml.each(stepNodes, this::step);
    OptionalInt distance = distance(members, stepNodes.size());
    OptionalInt gap = gap(members);
    Sequence.Reading reading =
        yaml.isSentinel()
            ? Sequence.Reading.GREEDY
            : anywhere(members) ? Sequence.Reading.ANYWHERE : Sequence.Reading.ENDS_HERE;
    if (steps.isEmpty() || steps.size() > Sequence.MAX_STEPS) {
      return Optional.empty();
    }
    var unnamed = new Sequence("", index, List.copyOf(steps), reading, distance, gap);
    String digest = Sha256.of(CanonicalJson.bytes(CanonicalPolicy.of(unnamed))).hex();
    return Optional.of(
        new Condition.InSequence(
            new Sequence(
                rule + "@" + digest.substring(0, 8),
                index,
                unnamed.steps(),
                reading,
                distance,
                gap)));
  }

  private Optional<Selector> step(Node node) {
    return yaml.object(node, "a step", List.of("tool", "class"), List.of())
        .flatMap(members -> SelectorReader.read(yaml, node, members, "a step", "class"));
  }

  private OptionalInt distance(Map<String, Node> members, int steps) {
    Node node = members.get("max_distance");
    if (node == null) {
      return OptionalInt.empty();
    }
    int least = yaml.isSentinel() ? 0 : 1;
    Optional<Integer> distance = yaml.integer(node, "`max_distance`", least, MAX_DISTANCE);
    if (distance.isPresent() && distance.get() < steps - 1) {
      String message =
          steps + " steps never lie within " + distance.get() + "; write at least " + (steps - 1);
      if (yaml.isSentinel()) {
        yaml.problems().warn(node, message);
      } else {
        yaml.problems().at(node, message);
      }
    }
    return distance.isPresent() ? OptionalInt.of(distance.get()) : OptionalInt.empty();
  }

  private OptionalInt gap(Map<String, Node> members) {
    return Optional.ofNullable(members.get("max_gap"))
        .flatMap(node -> yaml.integer(node, "`max_gap`", 1, MAX_DISTANCE))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private boolean anywhere(Map<String, Node> members) {
    Node node = members.get("anywhere");
    if (node == null) {
      return false;
    }
    boolean anywhere = yaml.truth(node, "`anywhere`").orElse(false);
    if (anywhere
        && action.isPresent()
        && action.get() instanceof Action.Block block
        && !block.keyword().equals("BLOCK")) {
      yaml.problems()
          .at(
              node,
              "`"
                  + block.keyword()
                  + "` needs a pattern that ends at the current call; write `BLOCK` for one that"
                  + " may lie anywhere");
    }
    return anywhere;
  }

  private void refuse(Map<String, Node> members, String type, String... keys) {
    for (String key : keys) {
      Node node = members.get(key);
      if (node != null) {
        yaml.problems()
            .at(node, "`" + key + "` has no meaning in a pattern of type `" + type + "`");
      }
    }
  }
}
