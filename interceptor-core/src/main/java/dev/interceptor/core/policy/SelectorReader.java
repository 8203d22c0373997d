package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads which calls a rule or a step is about: a tool or a class, never both.
final class SelectorReader {
  private SelectorReader() {}

  static Optional<Selector> read(
      YamlReading yaml, Node node, Map<String, Node> members, String what, String classKey) {
    Node tool = members.get("tool");
    Node toolClass = members.get(classKey);
    if (tool != null && toolClass != null && yaml.isSentinel() && what.equals("a step")) {
      yaml.problems().warn(toolClass, "sentinel-v1 ignores `class` beside `tool`; remove it");
      return yaml.toolName(tool, "`tool`").map(Selector.ByTool::new);
    }
    if (tool != null && toolClass == null) {
      return yaml.toolName(tool, "`tool`").map(Selector.ByTool::new);
    }
    if (tool == null && toolClass != null) {
      return yaml.named(toolClass, "`" + classKey + "`", ToolClass::new).map(Selector.ByClass::new);
    }
    yaml.problems()
        .at(
            node,
            what
                + " needs exactly one of `tool` and `"
                + classKey
                + (yaml.dialect().isAncestral() ? "`" : "`; `tool: \"*\"` means every tool"));
    return Optional.empty();
  }
}
