package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// A policy as it was read, before it is compiled: what its digest is made of.
record PolicySource(
    String name,
    Map<NamePattern, SortedSet<ToolClass>> toolClasses,
    Map<NamePattern, StaticVerdict> staticRules,
    List<SourceRule> rules,
    List<Limit> limits,
    List<ResultRule> resultRules) {

  /// This policy with classes for tools that it does not name itself.
  PolicySource withClasses(Map<NamePattern, SortedSet<ToolClass>> others) {
    Map<NamePattern, SortedSet<ToolClass>> all = new LinkedHashMap<>(others);
    all.putAll(toolClasses);
    return new PolicySource(name, all, staticRules, rules, limits, resultRules);
  }

  /// @param guard all must hold: the pattern and `when`
  record SourceRule(
      RuleId id,
      Selector selector,
      Action action,
      Optional<Sequence> sequence,
      List<Condition> guard,
      List<Exemption> exceptions,
      Optional<String> error) {

    SourceRule with(List<Condition> otherGuard, List<Exemption> otherExceptions) {
      return new SourceRule(id, selector, action, sequence, otherGuard, otherExceptions, error);
    }

    SourceRule about(Selector other) {
      return new SourceRule(id, other, action, sequence, guard, exceptions, error);
    }

    SourceRule alsoAbout(List<Selector> others) {
      List<Selector> all = new ArrayList<>(others);
      all.addFirst(selector);
      return about(new Selector.AnyOf(List.copyOf(all)));
    }

    Rule compiled() {
      return new Rule(
          id,
          selector,
          action,
          sequence,
          guard.size() == 1 ? guard.getFirst() : new Condition.All(guard),
          exceptions,
          error);
    }
  }

  record Exemption(Condition when, Optional<String> reason) {}
}
