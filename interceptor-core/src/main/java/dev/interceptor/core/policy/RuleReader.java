package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads one entry of `taint_rules`.
final class RuleReader {
  static final YamlReading.Keys KEYS =
      new YamlReading.Keys(
          List.of(
              "id",
              "tool",
              "tool_class",
              "action",
              "tag",
              "forbidden_tags",
              "required_tags",
              "pattern",
              "when",
              "exceptions",
              "error"),
          List.of("args", "allowed_origins", "on_unknown"),
          List.of("required_tags", "when"));

  /// With what Sentinel's rule builder writes for itself.
  private static final YamlReading.Keys SENTINEL_KEYS =
      new YamlReading.Keys(
          Stream.concat(KEYS.known().stream(), Stream.of("type", "source_template")).toList(),
          KEYS.later(),
          KEYS.strictOnly());

  private static final YamlReading.Keys LILITH_KEYS =
      YamlReading.Keys.of(
          "tool",
          "tool_class",
          "action",
          "tag",
          "forbidden_tags",
          "required_taints",
          "match_args",
          "pattern",
          "exceptions",
          "error");
  private static final int MAX_ERROR_LENGTH = 500;

  private final YamlReading yaml;
  private final SentinelRules sentinel;
  private int sequences;

  RuleReader(YamlReading yaml) {
    this.yaml = yaml;
    this.sentinel = new SentinelRules(yaml.problems());
  }

  /// @param place of the rule in its list, from 1
  Optional<PolicySource.SourceRule> read(Node node, int place) {
    Optional<Map<String, Node>> read = members(node);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = read.get();
    Optional<RuleId> id = id(yaml, members, "rule-" + place);
    Optional<Selector> selector = selector(node, members);
    Optional<Action> action = new ActionReader(yaml).read(node, members);
    var conditions = new ConditionReader(yaml, sentinel, namesATool(members));
    List<Condition> guard = new ArrayList<>();
    Optional<Condition> pattern = pattern(members, conditions, id, action);
    pattern.ifPresent(guard::add);
    when(members, conditions).ifPresent(guard::add);
    matchArgs(members, conditions).ifPresent(guard::add);
    List<PolicySource.Exemption> exceptions = exceptions(members, conditions);
    Optional<String> error = error(yaml, members);
    if (id.isEmpty() || selector.isEmpty() || action.isEmpty()) {
      return Optional.empty();
    }
    var rule =
        new PolicySource.SourceRule(
            id.get(),
            selector.get(),
            action.get(),
            sequence(pattern),
            List.copyOf(guard),
            exceptions,
            error);
    Optional<PolicySource.SourceRule> kept = translated(rule, node, members);
    kept.flatMap(PolicySource.SourceRule::sequence).ifPresent(counted -> sequences++);
    return kept;
  }

  private Optional<Condition> pattern(
      Map<String, Node> members,
      ConditionReader conditions,
      Optional<RuleId> id,
      Optional<Action> action) {
    Node pattern = members.get("pattern");
    if (pattern == null) {
      return Optional.empty();
    }
    return yaml.dialect() == Dialect.LILITH
        ? conditions.read(pattern)
        : new PatternReader(yaml, conditions, action)
            .read(pattern, id.map(RuleId::value).orElse(""), sequences);
  }

  private static Optional<Sequence> sequence(Optional<Condition> pattern) {
    return pattern.isPresent() && pattern.get() instanceof Condition.InSequence in
        ? Optional.of(in.sequence())
        : Optional.empty();
  }

  private static Optional<Condition> when(Map<String, Node> members, ConditionReader conditions) {
    Node when = members.get("when");
    return when == null ? Optional.empty() : conditions.read(when);
  }

  private Optional<Condition> matchArgs(Map<String, Node> members, ConditionReader conditions) {
    Node matched = members.get("match_args");
    if (matched == null) {
      return Optional.empty();
    }
    yaml.problems().warn(matched, "`match_args` narrows the rule; lilith 0.2 did not look at it");
    return conditions.argumentsMatch(matched);
  }

  private Optional<PolicySource.SourceRule> translated(
      PolicySource.SourceRule rule, Node node, Map<String, Node> members) {
    return switch (yaml.dialect()) {
      case STRICT -> Optional.of(rule);
      case SENTINEL_V1 -> sentinel.translated(rule, node, members);
      case LILITH -> new LilithRules(yaml.problems()).translated(rule, node, members);
    };
  }

  private Optional<Map<String, Node>> members(Node node) {
    return switch (yaml.dialect()) {
      case STRICT -> yaml.object(node, "a rule", KEYS);
      case SENTINEL_V1 -> yaml.object(node, "a rule", SENTINEL_KEYS);
      case LILITH -> {
        Optional<Map<String, Node>> members = yaml.object(node, "a rule", LILITH_KEYS);
        members.ifPresent(named -> {
          Node required = named.remove("required_taints");
          if (required != null) {
            named.put("required_tags", required);
          }
        });
        yield members;
      }
    };
  }

  /// Sentinel's first policies have patterns without `tool` and `tool_class`.
  private Optional<Selector> selector(Node node, Map<String, Node> members) {
    boolean none = !members.containsKey("tool") && !members.containsKey("tool_class");
    return none && yaml.isSentinel() && members.containsKey("pattern")
        ? Optional.of(new Selector.ByTool(NamePattern.EVERYTHING))
        : SelectorReader.read(yaml, node, members, "a rule", "tool_class");
  }

  /// Whether it is known which arguments a call has that the rule is about.
  private boolean namesATool(Map<String, Node> members) {
    return switch (yaml.dialect()) {
      case STRICT -> members.containsKey("tool");
      case SENTINEL_V1 -> !members.containsKey("tool_class");
      case LILITH -> true;
    };
  }

  /// @param otherwise the id of an entry that gives none
  static Optional<RuleId> id(YamlReading yaml, Map<String, Node> members, String otherwise) {
    Node node = members.get("id");
    if (node == null) {
      return Optional.of(new RuleId(otherwise));
    }
    return yaml.named(node, "`id`", RuleReader::ruleId);
  }

  static RuleId ruleId(String text) {
    if (!text.matches("[A-Za-z0-9_.:-]{1,64}") || text.equals(RuleId.STATIC.value())) {
      throw new IllegalArgumentException("an id is 1-64 of A-Z a-z 0-9 _ . : - and not `static`");
    }
    return new RuleId(text);
  }

  private List<PolicySource.Exemption> exceptions(
      Map<String, Node> members, ConditionReader conditions) {
    Node node = members.get("exceptions");
    if (node == null) {
      return List.of();
    }
    if (yaml.dialect().isAncestral()
        && node instanceof SequenceNode list
        && list.getValue().isEmpty()) {
      yaml.problems().warn(node, "`exceptions` is empty; remove the key");
      return List.of();
    }
    return yaml.each(yaml.list(node, "`exceptions`"), element -> exception(element, conditions));
  }

  private Optional<PolicySource.Exemption> exception(Node node, ConditionReader conditions) {
    Optional<Map<String, Node>> members =
        yaml.object(node, "an exception", List.of("when", "reason"), List.of());
    if (members.isEmpty()) {
      return Optional.empty();
    }
    Node reason = members.get().get("reason");
    Optional<String> why = reason == null ? Optional.empty() : yaml.text(reason, "`reason`");
    Node when = members.get().get("when");
    if (when == null) {
      yaml.problems().at(node, "an exception needs `when`");
      return Optional.empty();
    }
    return conditions.read(when).map(condition -> new PolicySource.Exemption(condition, why));
  }

  static Optional<String> error(YamlReading yaml, Map<String, Node> members) {
    Node node = members.get("error");
    if (node == null) {
      return Optional.empty();
    }
    Optional<String> text = yaml.text(node, "`error`");
    if (text.isPresent() && text.get().length() > MAX_ERROR_LENGTH) {
      yaml.problems().at(node, "`error` is longer than " + MAX_ERROR_LENGTH + " characters");
    }
    return text;
  }
}
