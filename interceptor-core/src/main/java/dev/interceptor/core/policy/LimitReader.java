package dev.interceptor.core.policy;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.Sha256;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads `limits`. POLICY §6.
final class LimitReader {
  static final List<String> KEYS =
      List.of("id", "tool", "tool_class", "max_calls", "sum", "max", "per", "error");
  static final List<String> PERIODS = List.of("session", "minute", "hour", "day");
  private static final int MAX_CALLS = 1_000_000_000;

  private final YamlReading yaml;

  LimitReader(YamlReading yaml) {
    this.yaml = yaml;
  }

  /// @param place of the limit in its list, from 1
  Optional<Limit> read(Node node, int place) {
    Optional<Map<String, Node>> read = yaml.object(node, "a limit", KEYS, List.of());
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = read.get();
    Optional<RuleId> id = RuleReader.id(yaml, members, "limit-" + place);
    Optional<Selector> selector = selector(node, members);
    Optional<Limit.Measure> measure = measure(node, members);
    OptionalLong max = max(node, members);
    Optional<Period> per = per(node, members);
    Optional<String> error = RuleReader.error(yaml, members);
    if (id.isEmpty() || selector.isEmpty() || measure.isEmpty() || max.isEmpty() || per.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        keyed(
            new Limit(
                id.get(), "", selector.get(), measure.get(), max.getAsLong(), per.get(), error)));
  }

  /// The limit with its key.
  static Limit keyed(Limit limit) {
    String digest = Sha256.of(CanonicalJson.bytes(CanonicalPolicy.measured(limit))).hex();
    return new Limit(
        limit.id(),
        "limit@" + digest.substring(0, 16),
        limit.selector(),
        limit.measure(),
        limit.max(),
        limit.per(),
        limit.error());
  }

  /// A limit without a selector is about every call.
  private Optional<Selector> selector(Node node, Map<String, Node> members) {
    return members.containsKey("tool") || members.containsKey("tool_class")
        ? SelectorReader.read(yaml, node, members, "a limit", "tool_class")
        : Optional.of(new Selector.ByTool(NamePattern.of("*")));
  }

  private Optional<Limit.Measure> measure(Node node, Map<String, Node> members) {
    Node sum = members.get("sum");
    if (members.containsKey("max_calls") == (sum != null)) {
      yaml.problems()
          .at(
              node,
              "a limit needs exactly one of `max_calls: 5` and `sum: args.amount` with `max: 5000`");
      return Optional.empty();
    }
    return sum == null ? Optional.of(new Limit.Measure.Calls()) : sum(sum);
  }

  private Optional<Limit.Measure> sum(Node node) {
    Optional<String> text = yaml.text(node, "`sum`");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    List<String> path = new ArrayList<>(List.of(text.get().split("\\.", -1)));
    if (path.size() < 2 || !path.getFirst().equals("args") || path.contains("")) {
      yaml.problems().at(node, "`sum` names a numeric argument, as in `args.amount`");
      return Optional.empty();
    }
    path.removeFirst();
    return Optional.of(new Limit.Measure.SumOf(List.copyOf(path)));
  }

  private OptionalLong max(Node node, Map<String, Node> members) {
    Node calls = members.get("max_calls");
    Node max = members.get("max");
    if (calls != null) {
      if (max != null) {
        yaml.problems().at(max, "`max` has no meaning beside `max_calls`; remove it");
      }
      return yaml.integer(calls, "`max_calls`", 0, MAX_CALLS).stream()
          .mapToLong(Integer::longValue)
          .findFirst();
    }
    if (max == null) {
      if (members.containsKey("sum")) {
        yaml.problems().at(node, "`sum` needs `max`, the largest total");
      }
      return OptionalLong.empty();
    }
    return total(max);
  }

  private OptionalLong total(Node node) {
    if (node instanceof ScalarNode scalar
        && (scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT))
        && scalar.getValue().matches("[0-9]{1,10}(\\.[0-9]{1,6})?")) {
      OptionalLong max = Limit.millionths(new BigDecimal(scalar.getValue()));
      if (max.isPresent()) {
        return max;
      }
    }
    yaml.problems()
        .at(node, "`max` must be a number from 0 to 9000000000 with at most 6 decimal places");
    return OptionalLong.empty();
  }

  private Optional<Period> per(Node node, Map<String, Node> members) {
    Node per = members.get("per");
    if (per == null) {
      yaml.problems().at(node, "a limit needs `per`: " + String.join(", ", PERIODS));
      return Optional.empty();
    }
    Optional<String> word = yaml.text(per, "`per`");
    if (word.isPresent() && !PERIODS.contains(word.get())) {
      yaml.problems()
          .at(
              per,
              "`per` is one of "
                  + String.join(", ", PERIODS)
                  + Spelling.suggestion(word.get(), PERIODS));
      return Optional.empty();
    }
    return word.map(text -> Period.valueOf(text.toUpperCase(Locale.ROOT)));
  }
}
