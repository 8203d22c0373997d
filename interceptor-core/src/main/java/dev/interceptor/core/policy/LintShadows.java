package dev.interceptor.core.policy;

import java.util.List;

/// Lint of rules that another rule makes superfluous.
final class LintShadows {
  private final LintFindings findings;
  private final PolicySource policy;
  private final LintFacts facts;

  LintShadows(LintFindings findings, PolicySource policy, LintFacts facts) {
    this.findings = findings;
    this.policy = policy;
    this.facts = facts;
  }

  void all() {
    List<PolicySource.SourceRule> rules = policy.rules();
    for (int i = 0; i < rules.size(); i++) {
      PolicySource.SourceRule rule = rules.get(i);
      for (int j = 0; j < rules.size(); j++) {
        if (i != j && isShadowed(rule, rules.get(j), j < i)) {
          findings.add(
              LintCode.RULE_SHADOWED,
              findings.places().entry(rule.id()),
              why(rule, rules.get(j)),
              "remove one of the two");
          break;
        }
      }
    }
  }

  /// @param earlier whether `other` stands before `rule`
  private boolean isShadowed(
      PolicySource.SourceRule rule, PolicySource.SourceRule other, boolean earlier) {
    if (!facts.covers(other.selector(), rule.selector())) {
      return false;
    }
    if (deniesAlways(other)) {
      return earlier || hasEffect(rule.action());
    }
    boolean same =
        rule.selector().equals(other.selector())
            && rule.action().equals(other.action())
            && conditions(rule).equals(conditions(other));
    boolean repeats =
        rule.action().equals(other.action()) && hasEffect(rule.action()) && isUnconditional(other);
    boolean isMutual = isUnconditional(rule) && facts.covers(rule.selector(), other.selector());
    return (same && earlier) || (repeats && !same && (earlier || !isMutual));
  }

  private static String why(PolicySource.SourceRule rule, PolicySource.SourceRule other) {
    return deniesAlways(other)
        ? "this rule never matters: `" + other.id() + "` denies all of these calls"
        : rule.action().equals(other.action()) && hasEffect(rule.action())
            ? "this rule does what `" + other.id() + "` does already"
            : "this rule says the same as `" + other.id() + "`";
  }

  private static boolean hasEffect(Action action) {
    return action instanceof Action.AddTaint || action instanceof Action.RemoveTaint;
  }

  private static boolean isUnconditional(PolicySource.SourceRule rule) {
    return rule.guard().isEmpty() && rule.exceptions().isEmpty();
  }

  private static boolean deniesAlways(PolicySource.SourceRule rule) {
    return rule.action() instanceof Action.Block && isUnconditional(rule);
  }

  private static List<String> conditions(PolicySource.SourceRule rule) {
    return List.of(
        rule.guard().stream().map(ConditionText::of).toList().toString(),
        rule.exceptions().stream().map(one -> ConditionText.of(one.when())).toList().toString());
  }
}
