package dev.interceptor.core.decision.suite;

import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.decision.suite.DecisionSuite.Wanted;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.policy.Spelling;
import dev.interceptor.core.policy.YamlReading;
import dev.interceptor.core.session.Label;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the decision that a step wants.
final class WantedReader {
  static final List<String> KEYS = List.of("permit", "add", "remove", "deny", "by", "message");
  private static final List<String> REASONS =
      Arrays.stream(ReasonCode.values()).map(ReasonCode::name).toList();

  private final YamlReading yaml;

  WantedReader(YamlReading yaml) {
    this.yaml = yaml;
  }

  Optional<Wanted> read(Node node) {
    Optional<Map<String, Node>> read = yaml.object(node, "`want`", KEYS, List.of());
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = read.get();
    if (members.containsKey("permit") == members.containsKey("deny")) {
      yaml.problems()
          .at(
              node,
              "`want` needs exactly one of `permit: [static]`, with the rules that matter, and"
                  + " `deny: TAINTED`, with the reason");
      return Optional.empty();
    }
    return members.containsKey("permit") ? permit(members) : deny(members);
  }

  private Optional<Wanted> permit(Map<String, Node> members) {
    refuse(members, "permit", "by", "message");
    return Optional.of(
        new Wanted.Permit(ids(members, "permit"), tags(members, "add"), tags(members, "remove")));
  }

  private Optional<Wanted> deny(Map<String, Node> members) {
    refuse(members, "deny", "add", "remove");
    Optional<String> message =
        Optional.ofNullable(members.get("message")).flatMap(node -> yaml.text(node, "`message`"));
    return Optional.ofNullable(members.get("deny"))
        .flatMap(this::reason)
        .map(reason -> new Wanted.Deny(reason, ids(members, "by"), message));
  }

  private Optional<ReasonCode> reason(Node node) {
    Optional<String> word = yaml.text(node, "`deny`");
    if (word.isPresent() && !REASONS.contains(word.get())) {
      yaml.problems()
          .at(
              node,
              "unknown reason "
                  + YamlReading.quoted(word.get())
                  + "; write one of "
                  + String.join(", ", REASONS)
                  + Spelling.suggestion(word.get(), REASONS));
      return Optional.empty();
    }
    return word.map(ReasonCode::valueOf);
  }

  private void refuse(Map<String, Node> members, String beside, String... keys) {
    for (String key : keys) {
      Node node = members.get(key);
      if (node != null) {
        yaml.problems().at(node, "`" + key + "` has no meaning beside `" + beside + "`; remove it");
      }
    }
  }

  private List<RuleId> ids(Map<String, Node> members, String key) {
    return each(members, key, "a rule's id", RuleId::new);
  }

  private SortedSet<Label> tags(Map<String, Node> members, String key) {
    return new TreeSet<>(each(members, key, "a tag", Label::new));
  }

  private <T> List<T> each(
      Map<String, Node> members, String key, String what, Function<String, T> make) {
    Node node = members.get(key);
    if (node == null || (node instanceof SequenceNode list && list.getValue().isEmpty())) {
      return List.of();
    }
    return yaml.each(yaml.list(node, "`" + key + "`"), element -> yaml.named(element, what, make));
  }
}
