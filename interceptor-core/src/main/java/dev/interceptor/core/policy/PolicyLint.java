package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/// Says what an author should know about a policy text: everything that keeps it from loading, and
/// what can never matter or may not mean what it seems to. POLICY §9.
public final class PolicyLint {
  /// Classes that say what a tool is, whether or not a rule asks.
  private static final Set<ToolClass> STANDARD =
      Set.of(
          ToolClass.SAFE_READ,
          ToolClass.SENSITIVE_READ,
          ToolClass.UNTRUSTED_READ,
          ToolClass.SAFE_WRITE,
          ToolClass.CONSEQUENTIAL_WRITE,
          ToolClass.UNSAFE_EXECUTE,
          ToolClass.HUMAN_VERIFY,
          ToolClass.SANITIZER);

  private final LintFindings findings;
  private final PolicySource policy;
  private final LintFacts facts;

  private PolicyLint(LintFindings findings, PolicySource policy) {
    this.findings = findings;
    this.policy = policy;
    this.facts = new LintFacts(policy);
  }

  /// @param text one YAML or JSON document
  /// @param source what findings call the text, such as its file name
  /// @param tools what is known of tools' arguments
  /// @return in the order of the text
  public static List<LintFinding> lint(String text, String source, ToolSchemas tools) {
    List<LintFinding> all = new ArrayList<>();
    Problems problems = new Problems(source);
    Optional<Node> root = YamlTree.of(text, problems);
    List<PolicySource> policies =
        root.map(node -> PolicyParser.sources(node, problems)).orElse(List.of());
    problems.all().forEach(problem -> all.add(finding(LintCode.INVALID, problem)));
    problems.warnings().forEach(problem -> all.add(finding(LintCode.MEANING, problem)));
    if (problems.none() && root.isPresent()) {
      List<Node> nodes = LintPlaces.policies(root.get());
      for (int i = 0; i < policies.size(); i++) {
        Node node = i < nodes.size() ? nodes.get(i) : root.get();
        var findings = new LintFindings(source, new LintPlaces(node), all);
        new PolicyLint(findings, policies.get(i)).all(tools);
      }
    }
    return all.stream().sorted().distinct().toList();
  }

  private static LintFinding finding(LintCode code, PolicyProblem problem) {
    return new LintFinding(code, problem, Optional.empty());
  }

  private void all(ToolSchemas tools) {
    tables();
    policy.rules().forEach(rule -> reach(rule.id(), rule.selector(), LintCode.TOOL_NOT_PERMITTED));
    policy
        .limits()
        .forEach(limit -> {
          if (!limit.selector().equals(new Selector.ByTool(NamePattern.of("*")))) {
            reach(limit.id(), limit.selector(), LintCode.LIMIT_NEVER_APPLIES);
          }
        });
    policy
        .resultRules()
        .forEach(rule -> reach(rule.id(), rule.selector(), LintCode.TOOL_NOT_PERMITTED));
    new LintTags(findings, policy, facts).all();
    new LintConditions(findings, policy, facts).all(tools);
    new LintShadows(findings, policy, facts).all();
  }

  private void tables() {
    for (Map.Entry<NamePattern, StaticVerdict> entry : policy.staticRules().entrySet()) {
      String name = entry.getKey().text();
      if (entry.getValue() == StaticVerdict.ALLOW && name.matches("\\*+(__\\*+)?")) {
        findings.add(
            LintCode.ALLOW_EVERYTHING,
            findings.places().key("static_rules", name),
            "`" + name + ": ALLOW` permits every tool of every upstream, also those to come",
            "list the tools that are needed");
      }
    }
    Set<ToolClass> named = facts.namedClasses();
    policy.toolClasses().values().stream()
        .flatMap(Set::stream)
        .distinct()
        .filter(given -> !named.contains(given) && !STANDARD.contains(given))
        .filter(given -> !facts.looksAtClasses())
        .forEach(given ->
            findings.add(
                LintCode.CLASS_NEVER_USED,
                findings.places().givenClass(given.value()),
                "no rule names the class `"
                    + given
                    + "`"
                    + Spelling.suggestion(
                        given.value(), named.stream().map(ToolClass::value).toList()),
                "remove it, or write a rule with `tool_class: " + given + "`"));
  }

  /// Whether an entry is about any call that gets as far as it.
  private void reach(RuleId id, Selector selector, LintCode code) {
    if (selector instanceof Selector.ByClass named && !facts.hasTools(named.toolClass())) {
      findings.noTools(findings.places().in(id, "tool_class"), named.toolClass(), policy);
    } else if (!facts.mayBePermitted(selector)) {
      boolean byTool = selector instanceof Selector.ByTool;
      findings.add(
          code,
          findings.places().in(id, byTool ? "tool" : "tool_class"),
          (byTool
                  ? ConditionText.of(selector)
                      .replaceFirst("tool (.*)", "the static rules never permit `$1`")
                  : "the static rules permit no tool of " + ConditionText.of(selector))
              + ", so this never matters",
          "list the tool in `static_rules`, or remove this");
    }
  }
}
