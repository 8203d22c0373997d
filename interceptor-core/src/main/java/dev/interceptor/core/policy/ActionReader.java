package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads what a rule does: its `action`, and the tags that belong to it.
final class ActionReader {
  private static final List<String> ACTIONS =
      List.of(
          "ADD_TAINT",
          "CHECK_TAINT",
          "REMOVE_TAINT",
          "BLOCK",
          "BLOCK_CURRENT",
          "BLOCK_SECOND",
          "REQUIRE_APPROVAL");
  private static final List<String> ANCESTRAL_ACTIONS = ACTIONS.subList(0, 6);
  private static final List<String> LATER_ACTIONS = List.of("CHECK_ORIGIN");

  private final YamlReading yaml;

  ActionReader(YamlReading yaml) {
    this.yaml = yaml;
  }

  /// @param members of the rule, which is `node`
  Optional<Action> read(Node node, Map<String, Node> members) {
    return word(node, members).flatMap(word -> action(node, members, word));
  }

  private Optional<String> word(Node node, Map<String, Node> members) {
    Node action = members.get("action");
    if (action == null) {
      yaml.problems().at(node, "a rule needs `action`, one of " + String.join(", ", actions()));
      return Optional.empty();
    }
    Optional<String> written = yaml.text(action, "`action`");
    Optional<String> word =
        yaml.dialect() == Dialect.LILITH
            ? written.map(text -> text.toUpperCase(Locale.ROOT))
            : written;
    if (word.isPresent() && !ACTIONS.contains(word.get())) {
      yaml.problems().at(action, unknownAction(word.get()));
      return Optional.empty();
    }
    if (word.isPresent() && !actions().contains(word.get())) {
      yaml.problems().at(action, yaml.strictOnly(word.get()));
      return Optional.empty();
    }
    return word;
  }

  private Optional<Action> action(Node node, Map<String, Node> members, String word) {
    return switch (word) {
      case "ADD_TAINT" -> tag(node, members, word).map(Action.AddTaint::new);
      case "REMOVE_TAINT" -> tag(node, members, word).map(Action.RemoveTaint::new);
      case "CHECK_TAINT" -> check(node, members);
      case "REQUIRE_APPROVAL" -> {
        refuse(members, word, "tag", "forbidden_tags", "required_tags");
        yield Optional.of(new Action.RequireApproval());
      }
      default -> block(node, members, word);
    };
  }

  private List<String> actions() {
    return yaml.dialect().isAncestral() ? ANCESTRAL_ACTIONS : ACTIONS;
  }

  private String unknownAction(String word) {
    return LATER_ACTIONS.contains(word)
        ? "action `" + word + "` is not supported by this version"
        : "unknown action `"
            + YamlReading.shortened(word)
            + "`; write one of "
            + String.join(", ", actions())
            + Spelling.suggestion(word, actions());
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
              "`CHECK_TAINT` needs `forbidden_tags` (denies on any)"
                  + switch (yaml.dialect()) {
                    case STRICT -> " or `required_tags` (denies on all)";
                    case SENTINEL_V1 -> "";
                    case LILITH -> " or `required_taints` (denies on all)";
                  });
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
    if (!yaml.dialect().isAncestral() && !word.equals("BLOCK") && !members.containsKey("pattern")) {
      yaml.problems().at(node, "`" + word + "` needs `pattern`; write `BLOCK` to deny without one");
    }
    return Optional.of(new Action.Block(word));
  }

  private void refuse(Map<String, Node> members, String action, String... keys) {
    for (String key : keys) {
      Node node = members.get(key);
      if (node != null) {
        String message = "`" + key + "` has no meaning for `" + action + "`; remove it";
        if (yaml.dialect().isAncestral()) {
          yaml.problems().warn(node, message);
        } else {
          yaml.problems().at(node, message);
        }
      }
    }
  }
}
