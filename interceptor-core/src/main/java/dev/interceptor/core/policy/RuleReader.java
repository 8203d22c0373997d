package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads one entry of `taint_rules`.
final class RuleReader {
  private static final List<String> KEYS =
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
          "error");
  private static final List<String> LATER_KEYS = List.of("args", "allowed_origins", "on_unknown");
  private static final List<String> ACTIONS =
      List.of("ADD_TAINT", "CHECK_TAINT", "REMOVE_TAINT", "BLOCK", "BLOCK_CURRENT", "BLOCK_SECOND");
  private static final List<String> LATER_ACTIONS = List.of("REQUIRE_APPROVAL", "CHECK_ORIGIN");
  private static final int MAX_ERROR_LENGTH = 500;

  private final YamlReading yaml;
  private int sequences;

  RuleReader(YamlReading yaml) {
    this.yaml = yaml;
  }

  /// @param place of the rule in its list, from 1
  Optional<PolicySource.SourceRule> read(Node node, int place) {
    Optional<Map<String, Node>> read = yaml.object(node, "a rule", KEYS, LATER_KEYS);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = read.get();
    Optional<RuleId> id = id(members, place);
    Optional<Selector> selector = SelectorReader.read(yaml, node, members, "a rule", "tool_class");
    Optional<Action> action = action(node, members);
    var conditions = new ConditionReader(yaml, members.containsKey("tool"));
    Optional<Sequence> sequence = Optional.empty();
    List<Condition> guard = new ArrayList<>();
    Node pattern = members.get("pattern");
    if (pattern != null) {
      var patterns = new PatternReader(yaml, conditions, action);
      Optional<Condition> condition =
          patterns.read(pattern, id.map(RuleId::value).orElse(""), sequences);
      condition.ifPresent(guard::add);
      if (condition.isPresent() && condition.get() instanceof Condition.InSequence in) {
        sequence = Optional.of(in.sequence());
        sequences++;
      }
    }
    Node when = members.get("when");
    if (when != null) {
      conditions.read(when).ifPresent(guard::add);
    }
    List<PolicySource.Exemption> exceptions = exceptions(members, conditions);
    Optional<String> error = error(members);
    if (id.isEmpty() || selector.isEmpty() || action.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new PolicySource.SourceRule(
            id.get(),
            selector.get(),
            action.get(),
            sequence,
            List.copyOf(guard),
            exceptions,
            error));
  }

  private Optional<RuleId> id(Map<String, Node> members, int place) {
    Node node = members.get("id");
    if (node == null) {
      return Optional.of(new RuleId("rule-" + place));
    }
    return yaml.named(
        node,
        "`id`",
        text -> {
          if (!text.matches("[A-Za-z0-9_.:-]{1,64}") || text.equals(RuleId.STATIC.value())) {
            throw new IllegalArgumentException(
                "an id is 1-64 of A-Z a-z 0-9 _ . : - and not `static`");
          }
          return new RuleId(text);
        });
  }

  private Optional<Action> action(Node node, Map<String, Node> members) {
    Node actionNode = members.get("action");
    if (actionNode == null) {
      yaml.problems().at(node, "a rule needs `action`, one of " + String.join(", ", ACTIONS));
      return Optional.empty();
    }
    Optional<String> word = yaml.text(actionNode, "`action`");
    if (word.isEmpty()) {
      return Optional.empty();
    }
    if (!ACTIONS.contains(word.get())) {
      yaml.problems().at(actionNode, unknownAction(word.get()));
      return Optional.empty();
    }
    return switch (word.get()) {
      case "ADD_TAINT" -> tag(node, members, word.get()).map(Action.AddTaint::new);
      case "REMOVE_TAINT" -> tag(node, members, word.get()).map(Action.RemoveTaint::new);
      case "CHECK_TAINT" -> check(node, members);
      default -> block(node, members, word.get());
    };
  }

  private static String unknownAction(String word) {
    return LATER_ACTIONS.contains(word)
        ? "action `" + word + "` is not supported by this version"
        : "unknown action `"
            + YamlReading.shortened(word)
            + "`; write one of "
            + String.join(", ", ACTIONS)
            + Spelling.suggestion(word, ACTIONS);
  }

  private Optional<Label> tag(Node node, Map<String, Node> members, String action) {
    refuse(members, action, "forbidden_tags", "required_tags");
    Node tag = members.get("tag");
    if (tag == null) {
      yaml.problems().at(node, "`" + action + "` needs `tag`");
      return Optional.empty();
    }
    return yaml.named(tag, "`tag`", Label::new);
  }

  private Optional<Action> check(Node node, Map<String, Node> members) {
    refuse(members, "CHECK_TAINT", "tag");
    if (!members.containsKey("forbidden_tags") && !members.containsKey("required_tags")) {
      yaml.problems()
          .at(
              node,
              "`CHECK_TAINT` needs `forbidden_tags` (denies on any) or `required_tags` (denies on"
                  + " all)");
      return Optional.empty();
    }
    return Optional.of(
        new Action.CheckTaint(
            new TreeSet<>(tags(members, "forbidden_tags")),
            new TreeSet<>(tags(members, "required_tags"))));
  }

  private List<Label> tags(Map<String, Node> members, String key) {
    Node node = members.get(key);
    if (node == null) {
      return List.of();
    }
    return yaml.each(
        yaml.list(node, "`" + key + "`"),
        element -> yaml.named(element, "an entry of `" + key + "`", Label::new));
  }

  private Optional<Action> block(Node node, Map<String, Node> members, String word) {
    refuse(members, word, "tag", "forbidden_tags", "required_tags");
    if (!word.equals("BLOCK") && !members.containsKey("pattern")) {
      yaml.problems().at(node, "`" + word + "` needs `pattern`; write `BLOCK` to deny without one");
    }
    return Optional.of(new Action.Block(word));
  }

  private void refuse(Map<String, Node> members, String action, String... keys) {
    for (String key : keys) {
      Node node = members.get(key);
      if (node != null) {
        yaml.problems().at(node, "`" + key + "` has no meaning for `" + action + "`; remove it");
      }
    }
  }

  private List<PolicySource.Exemption> exceptions(
      Map<String, Node> members, ConditionReader conditions) {
    Node node = members.get("exceptions");
    if (node == null) {
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

  private Optional<String> error(Map<String, Node> members) {
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
