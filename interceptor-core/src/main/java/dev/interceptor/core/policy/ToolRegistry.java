package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Reads the classes out of Sentinel's `tools`: objects by name, or a list of objects with `name`.
/// What else they say about a tool is passed over.
final class ToolRegistry {
  private static final YamlReading.Keys KEYS =
      YamlReading.Keys.of(
          "name",
          "classes",
          "taint_class",
          "id",
          "display_name",
          "description",
          "category",
          "severity",
          "auto_classified",
          "args",
          "input_schema",
          "is_common",
          "pricing");

  private final YamlReading yaml;
  private final Map<NamePattern, SortedSet<ToolClass>> classes = new LinkedHashMap<>();

  ToolRegistry(YamlReading yaml) {
    this.yaml = yaml;
  }

  Map<NamePattern, SortedSet<ToolClass>> read(Node node) {
    yaml.problems()
        .warn(
            node,
            "the classes given here count: Sentinel's database server never loaded them, so its"
                + " rules about classes did nothing");
    if (node instanceof SequenceNode tools) {
      tools.getValue().forEach(this::listed);
      return classes;
    }
    yaml.entries(node, "`tools`")
        .orElse(new HashMap<>())
        .forEach((name, tool) ->
            yaml.object(tool, "a tool", KEYS).ifPresent(members -> add(name, members)));
    return classes;
  }

  private void listed(Node node) {
    Optional<Map<String, Node>> members = yaml.object(node, "a tool", KEYS);
    if (members.isEmpty()) {
      return;
    }
    if (members.get().get("name") instanceof ScalarNode name) {
      add(name, members.get());
    } else {
      yaml.problems().at(node, "a tool in a list needs `name`");
    }
  }

  private void add(ScalarNode tool, Map<String, Node> members) {
    TreeSet<ToolClass> named = new TreeSet<>();
    Node several = members.get("classes");
    if (several instanceof SequenceNode list) {
      named.addAll(yaml.each(list.getValue(), this::toolClass));
    } else if (several != null) {
      yaml.problems().at(several, "`classes` must be a list (`[a, b]`)");
    }
    Node one = members.get("taint_class");
    if (one != null) {
      toolClass(one).ifPresent(named::add);
    }
    yaml.toolName(tool, "a name in `tools`")
        .filter(name -> !name.equals(NamePattern.NOTHING) && !named.isEmpty())
        .ifPresent(name -> classes.computeIfAbsent(name, key -> new TreeSet<>()).addAll(named));
  }

  private Optional<ToolClass> toolClass(Node node) {
    return yaml.named(node, "a class", ToolClass::new);
  }
}
