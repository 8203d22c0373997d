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
public final class YamlReading {
  private final Problems problems;
  private final Dialect dialect;

  public YamlReading(Problems problems) {
    this(problems, Dialect.STRICT);
  }

  YamlReading(Problems problems, Dialect dialect) {
    this.problems = problems;
    this.dialect = dialect;
  }

  Dialect dialect() {
    return dialect;
  }

  boolean isSentinel() {
    return dialect == Dialect.SENTINEL_V1;
  }

  public Problems problems() {
    return problems;
  }

  /// The keys of a kind of object.
  ///
  /// @param later keys of the language that this version does not support
  /// @param strictOnly those of `known` that Sentinel v1 never had
  record Keys(List<String> known, List<String> later, List<String> strictOnly) {
    static Keys of(String... known) {
      return new Keys(List.of(known), List.of(), List.of());
    }
  }

  /// The members of an object with known keys, by their snake_case names.
  ///
  /// @param later keys of the language that this version does not support
  public Optional<Map<String, Node>> object(
      Node node, String what, List<String> keys, List<String> later) {
    return object(node, what, new Keys(keys, later, List.of()));
  }

  /// The members of an object with known keys, by their snake_case names.
  Optional<Map<String, Node>> object(Node node, String what, Keys keys) {
    Optional<Map<ScalarNode, Node>> entries = entries(node, what);
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Node> members = new LinkedHashMap<>();
    entries
        .get()
        .forEach((key, value) -> {
          String written = key.getValue();
          Optional<String> known = spelled(written, keys.known());
          if (known.isEmpty()) {
            problems.at(key, unknown(written, what, keys));
            return;
          }
          if (isSentinel() && keys.strictOnly().contains(known.get())) {
            problems.at(key, strictOnly(written));
          }
          if (!isAbsent(value) && members.putIfAbsent(known.get(), value) != null) {
            problems.at(key, "`" + written + "` is given twice; keep one");
          }
        });
    return Optional.of(members);
  }

  /// That the ancestor's language lacks something.
  String strictOnly(String word) {
    return dialect
        + " has no `"
        + word
        + "`; write "
        + (isSentinel() ? "`semantics: strict`" : "a strict policy")
        + " to use it";
  }

  private static String unknown(String written, String what, Keys keys) {
    return spelled(written, keys.later()).isPresent()
        ? "`" + written + "` is not supported by this version; remove it"
        : "unknown key `"
            + shortened(written)
            + "` in "
            + what
            + Spelling.suggestion(written, keys.known());
  }

  /// What the ancestors' databases write for a member that is not there.
  private boolean isAbsent(Node value) {
    return dialect.isAncestral() && value.getTag().equals(Tag.NULL);
  }

  /// The known key that is written in either spelling.
  static Optional<String> spelled(String written, List<String> keys) {
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
  public List<Node> list(Node node, String what) {
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
  public <T> List<T> each(List<Node> nodes, Function<Node, Optional<T>> reader) {
    List<T> values = new ArrayList<>();
    nodes.forEach(node -> reader.apply(node).ifPresent(values::add));
    return values;
  }

  public Optional<String> text(Node node, String what) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
      if (scalar.getValue().isBlank()) {
        problems.at(node, what + " must not be empty");
        return Optional.empty();
      }
      return Optional.of(scalar.getValue());
    }
    if (node.getTag().equals(Tag.NULL)) {
      problems.at(node, what + " is missing after the colon");
      return Optional.empty();
    }
    problems.at(node, what + " must be text" + (node instanceof ScalarNode ? "; quote it" : ""));
    return Optional.empty();
  }

  public Optional<Boolean> truth(Node node, String what) {
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
  public <T> Optional<T> named(Node node, String what, Function<String, T> make) {
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
    if (dialect.isAncestral()) {
      return text(node, what).map(text -> exactName(node, text));
    }
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

  /// A text of the author's for a message: in backticks, on one line, not too long.
  public static String quoted(String text) {
    return "`" + shortened(text) + "`";
  }

  private NamePattern exactName(Node node, String text) {
    String named = quoted(text);
    if (Glob.isGlob(text)) {
      problems.warn(
          node,
          "no tool is called "
              + named
              + ": names have no wildcards in "
              + dialect
              + "; under `semantics: strict` it would be a glob");
      return NamePattern.NOTHING;
    }
    if (!NamePattern.SYNTAX.matcher(text).matches()) {
      problems.warn(
          node, "no tool can be called " + named + " here; a name is of A-Z a-z 0-9 _ . / -");
      return NamePattern.NOTHING;
    }
    if (NamePattern.looksQualified(text)) {
      problems.warn(
          node,
          named + " names a tool of one upstream here; in " + dialect + " it was a plain name");
    }
    return NamePattern.of(text);
  }

  static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return line.length() > 60 ? line.substring(0, 60) + "…" : line;
  }
}
