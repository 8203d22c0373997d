package dev.interceptor.core.decision.suite;

import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.Problems;
import dev.interceptor.core.policy.YamlReading;
import dev.interceptor.core.policy.YamlTree;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SortedNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// What a session is said to have behind it: calls, by name or as in a suite, and tags that it
/// carries besides those that the calls add.
public record EarlierCalls(SortedSet<Label> taints, List<AskedCall> calls) {
  /// A session that begins.
  public static final EarlierCalls NONE = new EarlierCalls(new TreeSet<>(), List.of());

  public EarlierCalls {
    taints = SortedNames.copyOf(taints);
    calls = List.copyOf(calls);
  }

  /// What became of a text.
  public sealed interface Result {
    record Read(EarlierCalls calls) implements Result {}

    /// @param problems in the order of the text, never empty
    record Rejected(List<PolicyProblem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /// @param text `{taints: […], calls: […]}` in YAML or JSON
  /// @param source what problems call the text, such as its file name
  public static Result read(String text, String source, CallReader.Defaults defaults) {
    Problems problems = new Problems(source);
    var yaml = new YamlReading(problems);
    Optional<EarlierCalls> read =
        YamlTree.of(text, problems).flatMap(root -> read(root, yaml, defaults));
    return read.isPresent() && problems.none()
        ? new Result.Read(read.get())
        : new Result.Rejected(problems.all());
  }

  private static Optional<EarlierCalls> read(
      Node root, YamlReading yaml, CallReader.Defaults defaults) {
    return yaml.object(root, "a session", List.of("taints", "calls"), List.of())
        .map(members ->
            new EarlierCalls(
                new TreeSet<>(
                    yaml.each(
                        elements(yaml, members, "taints"),
                        node -> yaml.named(node, "a tag", Label::new))),
                yaml.each(elements(yaml, members, "calls"), node -> call(node, yaml, defaults))));
  }

  private static List<Node> elements(YamlReading yaml, Map<String, Node> members, String key) {
    Node node = members.get(key);
    if (node == null || (node instanceof SequenceNode list && list.getValue().isEmpty())) {
      return List.of();
    }
    return yaml.list(node, "`" + key + "`");
  }

  private static Optional<AskedCall> call(
      Node node, YamlReading yaml, CallReader.Defaults defaults) {
    var reader = new CallReader(yaml, defaults);
    return node instanceof ScalarNode
        ? reader.read(node, Map.of("call", node))
        : yaml.object(node, "a call", CallReader.KEYS, List.of())
            .flatMap(members -> reader.read(node, members));
  }
}
