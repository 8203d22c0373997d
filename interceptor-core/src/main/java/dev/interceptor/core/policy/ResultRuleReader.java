package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads `result_rules`.
final class ResultRuleReader {
  static final List<String> KEYS =
      List.of("id", "tool", "tool_class", "detect", "action", "tag", "error");
  static final List<String> ACTIONS = List.of("ADD_TAINT", "REDACT", "BLOCK");
  private static final List<String> DETECTIONS =
      Arrays.stream(Detection.values()).map(ResultRuleReader::word).toList();
  private static final int MAX_RULES = 500;

  private final YamlReading yaml;

  ResultRuleReader(YamlReading yaml) {
    this.yaml = yaml;
  }

  static String word(Detection detection) {
    return detection.name().toLowerCase(Locale.ROOT);
  }

  /// @param taken ids of the policy's other rules; those read are added
  List<ResultRule> readAll(Node node, Set<RuleId> taken) {
    if (node instanceof SequenceNode empty && empty.getValue().isEmpty()) {
      return List.of();
    }
    List<Node> nodes = yaml.list(node, "`result_rules`");
    if (nodes.size() > MAX_RULES) {
      yaml.problems().at(node, "more than " + MAX_RULES + " result rules");
      return List.of();
    }
    List<ResultRule> read = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node entry = nodes.get(i);
      Optional<ResultRule> rule = read(entry, i + 1);
      if (rule.isPresent()) {
        if (!taken.add(rule.get().id())) {
          yaml.problems()
              .at(entry, "the id `" + rule.get().id() + "` is taken; every rule has its own");
        }
        read.add(rule.get());
      }
    }
    return read;
  }

  /// @param place of the rule in its list, from 1
  private Optional<ResultRule> read(Node node, int place) {
    Optional<Map<String, Node>> object = yaml.object(node, "a result rule", KEYS, List.of());
    if (object.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = object.get();
    Optional<RuleId> id = RuleReader.id(yaml, members, "result-" + place);
    Optional<Selector> selector =
        SelectorReader.read(yaml, node, members, "a result rule", "tool_class");
    Optional<String> word = actionWord(node, members);
    Optional<ResultAction> action = word.flatMap(name -> action(name, node, members));
    SortedSet<Detection> detections = detections(members);
    if (word.equals(Optional.of("REDACT")) && !members.containsKey("detect")) {
      yaml.problems()
          .at(node, "`REDACT` needs `detect`, such as `[secrets, pii]`: what to replace");
    }
    Optional<String> error = error(members, word);
    if (id.isEmpty() || selector.isEmpty() || action.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ResultRule(id.get(), selector.get(), detections, action.get(), error));
  }

  private Optional<String> actionWord(Node node, Map<String, Node> members) {
    Node action = members.get("action");
    if (action == null) {
      yaml.problems()
          .at(node, "a result rule needs `action`, one of " + String.join(", ", ACTIONS));
      return Optional.empty();
    }
    return oneOf(action, "`action`", "action", ACTIONS);
  }

  private Optional<String> oneOf(Node node, String what, String noun, List<String> words) {
    Optional<String> word = yaml.text(node, what);
    if (word.isPresent() && !words.contains(word.get())) {
      yaml.problems()
          .at(
              node,
              "unknown "
                  + noun
                  + " `"
                  + YamlReading.shortened(word.get())
                  + "` in a result rule; write one of "
                  + String.join(", ", words)
                  + Spelling.suggestion(word.get(), words));
      return Optional.empty();
    }
    return word;
  }

  private Optional<ResultAction> action(String word, Node node, Map<String, Node> members) {
    Node tag = members.get("tag");
    if (word.equals("ADD_TAINT")) {
      if (tag == null) {
        yaml.problems().at(node, "`ADD_TAINT` needs `tag`");
        return Optional.empty();
      }
      return yaml.named(tag, "`tag`", Label::new).map(ResultAction.AddTaint::new);
    }
    if (tag != null) {
      yaml.problems().at(tag, "`tag` has no meaning for `" + word + "`; remove it");
    }
    return Optional.of(
        word.equals("REDACT") ? new ResultAction.Redact() : new ResultAction.Block());
  }

  private SortedSet<Detection> detections(Map<String, Node> members) {
    SortedSet<Detection> detections = new TreeSet<>();
    Node node = members.get("detect");
    if (node != null) {
      yaml.each(
              yaml.list(node, "`detect`"),
              entry -> oneOf(entry, "an entry of `detect`", "detection", DETECTIONS))
          .forEach(word -> detections.add(Detection.valueOf(word.toUpperCase(Locale.ROOT))));
    }
    return detections;
  }

  private Optional<String> error(Map<String, Node> members, Optional<String> action) {
    Node node = members.get("error");
    if (node == null) {
      return Optional.empty();
    }
    if (action.isPresent() && !action.get().equals("BLOCK")) {
      yaml.problems().at(node, "`error` has no meaning for `" + action.get() + "`; remove it");
    }
    return RuleReader.error(yaml, members);
  }
}
