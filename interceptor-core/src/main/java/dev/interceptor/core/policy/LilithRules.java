package dev.interceptor.core.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/// Says in strict rules what lilith 0.2 made of a rule, and warns where that is not what the rule
/// seems to say.
///
/// There a pattern counted only for `BLOCK`, which then had no exceptions; a tag was added whatever
/// the pattern said; `BLOCK_CURRENT` and `BLOCK_SECOND` did nothing.
final class LilithRules {
  private final Problems problems;

  LilithRules(Problems problems) {
    this.problems = problems;
  }

  /// @param rule as strict rules are read, its pattern the first part of its guard
  /// @return empty if the rule did nothing
  Optional<PolicySource.SourceRule> translated(
      PolicySource.SourceRule rule, Node node, Map<String, Node> members) {
    Node pattern = members.get("pattern");
    Node exceptions = members.get("exceptions");
    return switch (rule.action()) {
      case Action.AddTaint add -> {
        ignored(exceptions, "exceptions");
        ignored(pattern, "pattern");
        yield Optional.of(rule.with(withoutPattern(rule, pattern != null), List.of()));
      }
      case Action.RemoveTaint remove -> {
        ignored(exceptions, "exceptions");
        problems.warn(
            node,
            "the tag is removed when the call has completed; lilith removed it when it began");
        yield pattern == null ? Optional.of(rule.with(rule.guard(), List.of())) : nothing(node);
      }
      case Action.CheckTaint check -> pattern == null ? Optional.of(rule) : nothing(node);
      case Action.Block block -> {
        if (!block.keyword().equals("BLOCK")) {
          yield nothing(node);
        }
        if (pattern != null) {
          ignored(exceptions, "exceptions");
          yield Optional.of(rule.with(rule.guard(), List.of()));
        }
        yield Optional.of(rule);
      }
      case Action.RequireApproval approval -> Optional.of(rule);
    };
  }

  private static List<Condition> withoutPattern(PolicySource.SourceRule rule, boolean hasPattern) {
    return hasPattern && !rule.guard().isEmpty()
        ? rule.guard().subList(1, rule.guard().size())
        : rule.guard();
  }

  private void ignored(@Nullable Node node, String key) {
    if (node != null) {
      problems.warn(
          node,
          "lilith ignored `"
              + key
              + "` of this rule, and so it is here; write strict rules to use"
              + " it");
    }
  }

  private Optional<PolicySource.SourceRule> nothing(Node node) {
    problems.warn(
        node, "this rule does nothing in lilith 0.2, and so it is here; strict rules would act");
    return Optional.empty();
  }
}
