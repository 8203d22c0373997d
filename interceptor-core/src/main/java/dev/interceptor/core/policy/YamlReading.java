package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads typed values out of YAML nodes. What is not of the wanted kind is a problem, and absent.
final class YamlReading {
  private final Problems problems;

  YamlReading(Problems problems) {
    this.problems = problems;
  }

  Problems problems() {
    return problems;
  }

  /// The members of an object with known keys, by their snake_case names.
  ///
  /// @param later keys of the language that this version does not support
  Optional<Map<String, Node>> object(
      Node node, String what, List<String> keys, List<String> later) {
    Optional<Map<ScalarNode, Node>> entries = entries(node, what);
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = new LinkedHashMap<>();
    entries
        .get()
        .forEach((key, value) -> {
          String written = key.getValue();
          Optional<String> known = spelled(written, keys);
          if (known.isPresent()) {
            if (members.putIfAbsent(known.get(), value) != null) {
              problems.at(key, "`" + written + "` is given twice; keep one");
            }
          } else if (spelled(written, later).isPresent()) {
            problems.at(key, "`" + written + "` is not supported by this version; remove it");
          } else {
            problems.at(
                key,
                "unknown key `"
                    + shortened(written)
                    + "` in "
                    + what
                    + Spelling.suggestion(written, keys));
          }
        });
    return Optional.of(members);
  }

  private static Optional<String> spelled(String written, List<String> keys) {
    return keys.stream()
        .filter(key -> key.equals(written) || Spelling.camelCase(key).equals(written))
        .findFirst();
  }

  /// The members of an object whose keys are free text, each given once.
  Optional<Map<ScalarNode, Node>> entries(Node node, String what) {
    if (!(node instanceof MappingNode mapping) || !mapping.getTag().equals(Tag.MAP)) {
      problems.at(node, what + " must be an object (`key: value`)");
      return Optional.empty();
    }
    Map<String, ScalarNode> seen = new LinkedHashMap<>();
    Map<ScalarNode, Node> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key && key.getTag().equals(Tag.STR)) {
        if (seen.putIfAbsent(key.getValue(), key) == null) {
          entries.put(key, tuple.getValueNode());
        } else {
          problems.at(key, "`" + shortened(key.getValue()) + "` is given twice; keep one");
        }
      } else {
        problems.at(tuple.getKeyNode(), "a key of " + what + " must be text; put it in quotes");
      }
    }
    return Optional.of(entries);
  }

  /// The elements of a list that must not be empty.
  List<Node> list(Node node, String what) {
    if (!(node instanceof SequenceNode sequence) || !sequence.getTag().equals(Tag.SEQ)) {
      problems.at(node, what + " must be a list (`[a, b]`)");
      return List.of();
    }
    if (sequence.getValue().isEmpty()) {
      problems.at(node, what + " is empty; list at least one entry or remove the key");
    }
    return sequence.getValue();
  }

  /// Reads every element; the absent ones have been reported.
  <T> List<T> each(List<Node> nodes, Function<Node, Optional<T>> reader) {
    List<T> values = new ArrayList<>();
    nodes.forEach(node -> reader.apply(node).ifPresent(values::add));
    return values;
  }

  Optional<String> text(Node node, String what) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
      if (scalar.getValue().isBlank()) {
        problems.at(node, what + " must not be empty");
        return Optional.empty();
      }
      return Optional.of(scalar.getValue());
    }
    problems.at(node, what + " must be text" + (node instanceof ScalarNode ? "; quote it" : ""));
    return Optional.empty();
  }

  Optional<Boolean> truth(Node node, String what) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return Optional.of(scalar.getValue().equals("true"));
    }
    problems.at(node, what + " must be `true` or `false`");
    return Optional.empty();
  }

  Optional<Integer> integer(Node node, String what, int min, int max) {
    if (node instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.INT)
        && scalar.getValue().matches("-?[0-9]{1,9}")) {
      int value = Integer.parseInt(scalar.getValue());
      if (value >= min && value <= max) {
        return Optional.of(value);
      }
    }
    problems.at(node, what + " must be a whole number from " + min + " to " + max);
    return Optional.empty();
  }

  /// A text that `make` accepts; its {@link IllegalArgumentException} says what is wrong.
  <T> Optional<T> named(Node node, String what, Function<String, T> make) {
    return text(node, what)
        .flatMap(text -> {
          try {
            return Optional.of(make.apply(text));
          } catch (IllegalArgumentException e) {
            problems.at(node, what + " `" + shortened(text) + "`: " + e.getMessage());
            return Optional.empty();
          }
        });
  }

  Optional<NamePattern> toolName(Node node, String what) {
    return named(
        node,
        what,
        text -> {
          if (!NamePattern.SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException("a tool name is 1-192 of A-Z a-z 0-9 _ . / - and *");
          }
          return NamePattern.of(text);
        });
  }

  static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 60 ? line.substring(0, 60) + "…" : line;
  }
}
