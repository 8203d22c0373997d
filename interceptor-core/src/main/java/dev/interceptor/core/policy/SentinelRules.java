package dev.interceptor.core.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/// Says in strict rules what Sentinel v1 made of a rule, and warns where that is not what the rule
/// seems to say.
///
/// There only `BLOCK` acted on a `pattern`, about every tool and without exceptions; without a
/// pattern it did nothing; and only `CHECK_TAINT` had exceptions.
final class SentinelRules {
  private final Problems problems;
  private final Set<String> said = new HashSet<>();

  SentinelRules(Problems problems) {
    this.problems = problems;
  }

  /// @param rule as strict rules are read
  /// @return empty if the rule did nothing
  Optional<PolicySource.SourceRule> translated(
      PolicySource.SourceRule rule, Node node, Map<String, Node> members) {
    boolean blocks = rule.action() instanceof Action.Block;
    boolean hasPattern = members.containsKey("pattern");
    if (blocks && !hasPattern) {
      problems.warn(
          node,
          "this rule does nothing: without a `pattern` sentinel-v1 does not act on `BLOCK`; under"
              + " `semantics: strict` it would deny");
      return Optional.empty();
    }
    if (hasPattern && !blocks) {
      problems.warn(
          node,
          "this rule does nothing: with a `pattern` sentinel-v1 acts only on `BLOCK`; under"
              + " `semantics: strict` it would act where the pattern holds");
      return Optional.empty();
    }
    boolean checks = rule.action() instanceof Action.CheckTaint;
    Node exceptions = members.get("exceptions");
    if (exceptions != null && !checks) {
      problems.warn(
          exceptions,
          "sentinel-v1 heeds `exceptions` only of `CHECK_TAINT`; under `semantics: strict` they"
              + " would count");
    }
    if (blocks) {
      warnOfPattern(rule, members);
    }
    if (rule.action() instanceof Action.RemoveTaint) {
      once(
          node,
          "tags are removed here, when the call has completed; Sentinel's last version kept them");
    }
    PolicySource.SourceRule heeded =
        rule.with(rule.guard(), checks ? rule.exceptions() : List.of());
    return Optional.of(blocks ? heeded.about(new Selector.ByTool(NamePattern.EVERYTHING)) : heeded);
  }

  private void warnOfPattern(PolicySource.SourceRule rule, Map<String, Node> members) {
    for (String key : List.of("tool", "tool_class")) {
      Node selector = members.get(key);
      if (selector != null) {
        problems.warn(
            selector,
            "sentinel-v1 ignores `"
                + key
                + "` beside a `pattern`: this rule is about every tool; under `semantics: strict`"
                + " only about this one");
      }
    }
    Node pattern = members.get("pattern");
    if (rule.sequence().isPresent() && pattern != null) {
      once(
          pattern,
          "sequences see the whole session here; Sentinel's server saw only its first 20 calls");
    }
  }

  /// A defect of Sentinel's server that every policy has to know of once.
  void once(Node node, String message) {
    if (said.add(message)) {
      problems.warn(node, message);
    }
  }
}
