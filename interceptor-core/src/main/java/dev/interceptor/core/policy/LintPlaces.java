package dev.interceptor.core.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Where the parts of a policy that loads stand in its text, found again in the text's tree.
final class LintPlaces {
  private final Node policy;
  private final Map<String, Node> entries = new HashMap<>();

  /// @param policy the tree of one policy
  LintPlaces(Node policy) {
    this.policy = policy;
    list("taint_rules", "rule-");
    list("limits", "limit-");
    list("result_rules", "result-");
  }

  private void list(String key, String prefix) {
    List<Node> nodes = elements(member(policy, key));
    for (int i = 0; i < nodes.size(); i++) {
      String otherwise = prefix + (i + 1);
      String id = member(nodes.get(i), "id").flatMap(LintPlaces::text).orElse(otherwise);
      entries.putIfAbsent(id, nodes.get(i));
    }
  }

  /// The policies of a text, in its order.
  static List<Node> policies(Node root) {
    if (root instanceof SequenceNode several) {
      return several.getValue();
    }
    Optional<Node> listed = member(root, "policies");
    if (listed.isEmpty()) {
      return List.of(root);
    }
    return listed.get() instanceof SequenceNode several
        ? several.getValue()
        : List.of(listed.get());
  }

  /// The entry of a rule, limit or result rule; the policy itself if it has none of its own.
  Node entry(RuleId id) {
    return entries.getOrDefault(id.value(), policy);
  }

  /// Whether an entry gives this key.
  boolean has(RuleId id, String key) {
    return member(entry(id), key).isPresent();
  }

  /// A value inside of an entry, as far as the path leads.
  Node in(RuleId id, String... path) {
    Node at = entry(id);
    for (String key : path) {
      Optional<Node> next = key.matches("[0-9]+") ? element(at, key) : member(at, key);
      if (next.isEmpty()) {
        return at;
      }
      at = next.get();
    }
    return at;
  }

  /// The element of a list inside of an entry that has this text.
  Node element(RuleId id, String list, String text) {
    Node at = in(id, list);
    return elements(Optional.of(at)).stream()
        .filter(element -> text(element).equals(Optional.of(text)))
        .findFirst()
        .orElse(at);
  }

  /// The key of a table of tools.
  Node key(String table, String name) {
    if (member(policy, table).orElse(policy) instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (text(tuple.getKeyNode()).equals(Optional.of(name))) {
          return tuple.getKeyNode();
        }
      }
    }
    return policy;
  }

  /// Where a class is first given to a tool.
  Node givenClass(String name) {
    if (member(policy, "tool_classes").orElse(policy) instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        for (Node element : elements(Optional.of(tuple.getValueNode()))) {
          if (text(element).equals(Optional.of(name))) {
            return element;
          }
        }
      }
    }
    return policy;
  }

  private static Optional<Node> element(Node node, String index) {
    List<Node> elements = elements(Optional.of(node));
    int i = Integer.parseInt(index);
    return i < elements.size() ? Optional.of(elements.get(i)) : Optional.empty();
  }

  private static List<Node> elements(Optional<Node> node) {
    return node.isPresent() && node.get() instanceof SequenceNode list
        ? list.getValue()
        : List.of();
  }

  private static Optional<Node> member(Node node, String key) {
    if (!(node instanceof MappingNode mapping)) {
      return Optional.empty();
    }
    return mapping.getValue().stream()
        .filter(tuple ->
            text(tuple.getKeyNode())
                .filter(written -> written.equals(key) || written.equals(Spelling.camelCase(key)))
                .isPresent())
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private static Optional<String> text(Node node) {
    return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
  }
}
