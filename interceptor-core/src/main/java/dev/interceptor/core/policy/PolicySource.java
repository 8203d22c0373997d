package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// A policy as it was read, before it is compiled: what its digest is made of.
record PolicySource(
    String name,
    Map<NamePattern, SortedSet<ToolClass>> toolClasses,
    Map<NamePattern, StaticVerdict> staticRules,
    List<SourceRule> rules) {

  /// @param guard all must hold: the pattern and `when`
  record SourceRule(
      RuleId id,
      Selector selector,
      Action action,
      Optional<Sequence> sequence,
      List<Condition> guard,
      List<Exemption> exceptions,
      Optional<String> error) {

    Rule compiled() {
      return new Rule(
          id,
          selector,
          action,
          sequence,
          guard.size() == 1 ? guard.getFirst() : new Condition.All(guard),
          exceptions.stream().map(Exemption::when).toList(),
          error);
    }
  }

  record Exemption(Condition when, Optional<String> reason) {}
}
