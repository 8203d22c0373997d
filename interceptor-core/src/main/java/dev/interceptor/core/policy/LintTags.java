package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/// Lint of tags: where they come from, where they matter, and how they go.
final class LintTags {
  private final LintFindings findings;
  private final PolicySource policy;
  private final LintFacts facts;

  LintTags(LintFindings findings, PolicySource policy, LintFacts facts) {
    this.findings = findings;
    this.policy = policy;
    this.facts = facts;
  }

  void all() {
    for (PolicySource.SourceRule rule : policy.rules()) {
      switch (rule.action()) {
        case Action.AddTaint add -> checked(rule.id(), add.tag());
        case Action.RemoveTaint remove -> {
          added(rule.id(), "tag", remove.tag());
          sanitizer(rule);
        }
        case Action.CheckTaint check -> {
          check.forbidden().forEach(tag -> added(rule.id(), "forbidden_tags", tag));
          check.required().forEach(tag -> added(rule.id(), "required_tags", tag));
          closesItself(rule, check);
        }
        case Action.Block block -> {}
        case Action.RequireApproval approval -> {}
      }
    }
    for (ResultRule rule : policy.resultRules()) {
      if (rule.action() instanceof ResultAction.AddTaint add) {
        checked(rule.id(), add.tag());
      }
    }
  }

  private void checked(RuleId id, Label tag) {
    if (!facts.isLookedAt(tag)) {
      findings.add(
          LintCode.TAG_NEVER_CHECKED,
          findings.places().in(id, "tag"),
          "nothing looks at the tag `" + tag + "`",
          "add a rule with `action: CHECK_TAINT` and `forbidden_tags: [" + tag + "]`");
    }
  }

  private void added(RuleId id, String key, Label tag) {
    if (!facts.isAdded(tag)) {
      List<String> known =
          policy.rules().stream()
              .map(PolicySource.SourceRule::action)
              .filter(Action.AddTaint.class::isInstance)
              .map(action -> ((Action.AddTaint) action).tag().value())
              .toList();
      findings.add(
          LintCode.TAG_NEVER_ADDED,
          findings.places().element(id, key, tag.value()),
          "nothing adds the tag `" + tag + "`" + Spelling.suggestion(tag.value(), known),
          "add a rule with `action: ADD_TAINT` and `tag: " + tag + "`");
    }
  }

  private void sanitizer(PolicySource.SourceRule rule) {
    boolean waits =
        policy.rules().stream()
            .anyMatch(other ->
                other.action() instanceof Action.RequireApproval
                    && other.guard().isEmpty()
                    && other.exceptions().isEmpty()
                    && facts.covers(other.selector(), rule.selector()));
    if (waits || !isAllowedOutright(rule.selector())) {
      return;
    }
    findings.add(
        LintCode.SANITIZER_WITHOUT_APPROVAL,
        findings.places().in(rule.id(), "action"),
        "whoever makes this call removes a tag, and no person is asked first",
        "write `REQUIRE_APPROVAL` for the tool in `static_rules`, unless its result surely is clean");
  }

  private boolean isAllowedOutright(Selector selector) {
    return facts.knownTools().stream()
            .filter(tool -> facts.isAbout(selector, tool))
            .anyMatch(this::isAllowed)
        || (selector instanceof Selector.ByTool tool && isAllowed(tool.name()));
  }

  private boolean isAllowed(NamePattern tool) {
    StaticVerdict exact = policy.staticRules().get(tool);
    if (exact != null) {
      return exact == StaticVerdict.ALLOW;
    }
    Set<StaticVerdict> globs =
        policy.staticRules().entrySet().stream()
            .filter(entry -> !entry.getKey().isExact() && NameOverlap.overlap(entry.getKey(), tool))
            .map(entry -> entry.getValue())
            .collect(Collectors.toSet());
    return globs.equals(Set.of(StaticVerdict.ALLOW));
  }

  /// A tool that adds all tags that close it for good.
  private void closesItself(PolicySource.SourceRule rule, Action.CheckTaint check) {
    for (NamePattern tool : facts.knownTools()) {
      if (!facts.isAbout(rule.selector(), tool) || !facts.mayBePermitted(tool)) {
        continue;
      }
      List<Label> adds =
          policy.rules().stream()
              .filter(other -> facts.isAbout(other.selector(), tool))
              .map(PolicySource.SourceRule::action)
              .filter(Action.AddTaint.class::isInstance)
              .map(action -> ((Action.AddTaint) action).tag())
              .toList();
      Optional<Label> forbidden = check.forbidden().stream().filter(adds::contains).findFirst();
      SortedSet<Label> required = check.required();
      boolean all = !required.isEmpty() && adds.containsAll(required);
      if (forbidden.isPresent() || all) {
        String tags =
            forbidden.map(Label::value).orElseGet(() -> String.join(", ", names(required)));
        findings.add(
            LintCode.SOURCE_AND_SINK,
            forbidden.isPresent()
                ? findings.places().element(rule.id(), "forbidden_tags", tags)
                : findings.places().in(rule.id(), "required_tags"),
            "`"
                + tool.text()
                + "` adds `"
                + tags
                + "` and is closed by it: after one call no other"
                + " one is permitted in the session",
            "split the classes, or write an exception");
        return;
      }
    }
  }

  private static List<String> names(SortedSet<Label> tags) {
    return tags.stream().map(Label::value).toList();
  }
}
