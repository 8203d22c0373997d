package dev.interceptor.core.policy;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The keys that the readers of strict policies know, in both spellings, by kind of object.
public final class PolicyKeys {
  private static final List<String> SEQUENCE =
      PatternReader.KEYS.known().stream().filter(key -> !key.equals("condition")).toList();

  public static final Map<String, Collection<String>> BY_KIND =
      Map.of(
          "policy", inBothSpellings(PolicyParser.KEYS),
          "rule", inBothSpellings(RuleReader.KEYS.known()),
          "exception", inBothSpellings(List.of("when", "reason")),
          "condition", inBothSpellings(ConditionReader.OPERATORS),
          "sequence", inBothSpellings(SEQUENCE),
          "logic", inBothSpellings(List.of("type", "condition")),
          "step", inBothSpellings(List.of("tool", "class")),
          "limit", inBothSpellings(LimitReader.KEYS),
          "result rule", inBothSpellings(ResultRuleReader.KEYS));

  private PolicyKeys() {}

  public static Collection<String> inBothSpellings(List<String> keys) {
    var all = new TreeSet<>(keys);
    keys.forEach(key -> all.add(Spelling.camelCase(key)));
    return all;
  }
}
