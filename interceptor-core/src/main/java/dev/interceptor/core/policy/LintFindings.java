package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/// Collects what is found about one policy.
record LintFindings(String source, LintPlaces places, List<LintFinding> all) {
  void add(LintCode code, Node at, String message, String fix) {
    var mark = at.getStartMark();
    var problem =
        new PolicyProblem(
            source,
            mark.map(m -> m.getLine() + 1).orElse(1),
            mark.map(m -> m.getColumn() + 1).orElse(1),
            message);
    all.add(new LintFinding(code, problem, Optional.of(fix)));
  }

  void noTools(Node at, ToolClass named, PolicySource policy) {
    List<String> given =
        policy.toolClasses().values().stream()
            .flatMap(classes -> classes.stream().map(ToolClass::value))
            .distinct()
            .toList();
    add(
        LintCode.CLASS_WITHOUT_TOOLS,
        at,
        "no tool has the class `" + named + "`" + Spelling.suggestion(named.value(), given),
        "give it to a tool in `tool_classes`");
  }
}
