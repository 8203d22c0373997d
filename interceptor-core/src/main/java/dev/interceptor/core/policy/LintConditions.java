package dev.interceptor.core.policy;

import dev.interceptor.core.tool.InputSchema;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/// Lint of patterns, `when` and exceptions: what never holds, is always the same, or asks for an
/// argument that no call has.
final class LintConditions {
  private final LintFindings findings;
  private final PolicySource policy;
  private final LintFacts facts;

  LintConditions(LintFindings findings, PolicySource policy, LintFacts facts) {
    this.findings = findings;
    this.policy = policy;
    this.facts = facts;
  }

  void all(ToolSchemas tools) {
    for (PolicySource.SourceRule rule : policy.rules()) {
      rule.sequence().ifPresent(sequence -> steps(rule.id(), sequence));
      for (Condition condition : rule.guard()) {
        guard(rule, condition);
      }
      for (int i = 0; i < rule.exceptions().size(); i++) {
        exception(rule, i);
      }
      LintFacts.conditions(rule)
          .forEach(condition -> arguments(rule.id(), rule.selector(), condition, tools));
    }
    for (Limit limit : policy.limits()) {
      if (limit.measure() instanceof Limit.Measure.SumOf sum) {
        missing(limit.selector(), sum.path(), tools)
            .ifPresent(tool -> unknown(findings.places().in(limit.id(), "sum"), sum.path(), tool));
      }
    }
  }

  private void steps(RuleId id, Sequence sequence) {
    for (int k = 0; k < sequence.steps().size(); k++) {
      Selector step = sequence.steps().get(k);
      Node at = findings.places().in(id, "pattern", "steps", Integer.toString(k));
      if (step instanceof Selector.ByClass named && !facts.hasTools(named.toolClass())) {
        findings.noTools(at, named.toolClass(), policy);
      }
      if (!facts.mayBePermitted(step)) {
        findings.add(
            LintCode.IMPOSSIBLE_SEQUENCE,
            at,
            "no permitted call is a " + ConditionText.of(step) + ", so the sequence never happens",
            "remove the rule, or name a tool that `static_rules` permit");
      }
    }
  }

  private void guard(PolicySource.SourceRule rule, Condition condition) {
    Node at =
        findings
            .places()
            .in(
                rule.id(),
                condition.equals(rule.guard().getLast()) ? whenOrPattern(rule) : "pattern");
    impossible(condition, rule.selector())
        .ifPresent(why ->
            findings.add(
                LintCode.CONDITION_NEVER_TRUE,
                at,
                "this never holds: " + why,
                "remove the rule, or correct the condition"));
    constant(condition).ifPresent(text -> constant(at, text));
  }

  private String whenOrPattern(PolicySource.SourceRule rule) {
    return findings.places().has(rule.id(), "when") ? "when" : "pattern";
  }

  private void exception(PolicySource.SourceRule rule, int index) {
    Condition when = rule.exceptions().get(index).when();
    Node at = findings.places().in(rule.id(), "exceptions", Integer.toString(index), "when");
    impossible(when, rule.selector())
        .ifPresent(why ->
            findings.add(
                LintCode.EXCEPTION_NEVER_APPLIES,
                at,
                "this exception never applies: " + why,
                "remove it, or correct the condition"));
    constant(when).ifPresent(text -> constant(at, text));
  }

  private void constant(Node at, String text) {
    findings.add(
        LintCode.CONSTANT_CONDITION,
        at,
        "`" + YamlReading.shortened(text) + "` looks at nothing and is the same for every call",
        "compare `args`, `session.taints` or another variable, or remove it");
  }

  private static Optional<String> constant(Condition condition) {
    return LintFacts.withParts(condition)
        .filter(Condition.Expression.class::isInstance)
        .map(Condition.Expression.class::cast)
        .filter(expression -> expression.program().isConstant())
        .map(Condition.Expression::text)
        .findFirst();
  }

  /// Why the condition can never hold.
  private Optional<String> impossible(Condition condition, Selector selector) {
    return switch (condition) {
      case Condition.SessionHasTaint has when !facts.isAdded(has.tag()) ->
          Optional.of("nothing adds the tag `" + has.tag() + "`");
      case Condition.SessionHasClass had when !facts.hasTools(had.toolClass()) ->
          Optional.of("no tool has the class `" + had.toolClass() + "`");
      case Condition.CurrentToolClass current when !facts.hasTools(current.toolClass()) ->
          Optional.of("no tool has the class `" + current.toolClass() + "`");
      case Condition.SessionHasTool had when !facts.mayBePermitted(had.name()) ->
          Optional.of("the static rules never permit `" + had.name().text() + "`");
      case Condition.CurrentTool current
          when selector instanceof Selector.ByTool named
              && !NameOverlap.overlap(named.name(), current.name()) ->
          Optional.of("the rule is about `" + named.name().text() + "` only");
      case Condition.Expression expression when expression.text().equals("false") ->
          Optional.of("it is `false`");
      case Condition.All all -> firstImpossible(all.parts(), selector);
      case Condition.Any any when every(any.parts(), selector) ->
          firstImpossible(any.parts(), selector);
      default -> Optional.empty();
    };
  }

  private Optional<String> firstImpossible(List<Condition> parts, Selector selector) {
    return parts.stream().flatMap(part -> impossible(part, selector).stream()).findFirst();
  }

  private boolean every(List<Condition> parts, Selector selector) {
    return parts.stream().allMatch(part -> impossible(part, selector).isPresent());
  }

  private void arguments(RuleId id, Selector selector, Condition condition, ToolSchemas tools) {
    Stream<List<String>> paths =
        switch (condition) {
          case Condition.ToolArgsMatch match ->
              match.arguments().stream().map(Condition.Argument::path);
          case Condition.Expression expression -> expression.program().argumentPaths().stream();
          default -> Stream.empty();
        };
    paths
        .sorted((a, b) -> String.join(".", a).compareTo(String.join(".", b)))
        .forEach(path ->
            missing(selector, path, tools)
                .ifPresent(tool -> unknown(findings.places().in(id, "when"), path, tool)));
  }

  /// A tool that the selector means and whose calls have no such argument.
  private Optional<NamePattern> missing(Selector selector, List<String> path, ToolSchemas tools) {
    return Stream.concat(
            facts.knownTools().stream(),
            selector instanceof Selector.ByTool tool ? Stream.of(tool.name()) : Stream.empty())
        .filter(NamePattern::isExact)
        .filter(tool -> facts.isAbout(selector, tool))
        .filter(tool -> lacks(tools.schema(tool.text()), path))
        .findFirst();
  }

  private static boolean lacks(Optional<InputSchema> schema, List<String> path) {
    return !path.isEmpty()
        && schema.isPresent()
        && !schema.get().names().isEmpty()
        && schema.get().at(path).isEmpty();
  }

  private void unknown(Node at, List<String> path, NamePattern tool) {
    String written = String.join(".", path);
    findings.add(
        LintCode.UNKNOWN_ARGUMENT,
        at,
        "`" + tool.text() + "` has no argument `" + written + "`",
        "write an argument of the tool's schema");
  }
}
