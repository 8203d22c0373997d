package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolClass;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a policy as a whole says: which calls it may permit, which tags come and are looked at,
/// which classes are had and named.
final class LintFacts {
  private final PolicySource policy;
  private final Set<Label> added;
  private final Set<Label> looked;
  private final boolean looksAtAllTags;

  LintFacts(PolicySource policy) {
    this.policy = policy;
    this.added =
        Stream.concat(
                policy.rules().stream()
                    .map(PolicySource.SourceRule::action)
                    .flatMap(LintFacts::addedBy),
                policy.resultRules().stream().map(ResultRule::action).flatMap(LintFacts::addedBy))
            .collect(Collectors.toSet());
    this.looked = new LinkedHashSet<>();
    policy.rules().forEach(rule -> looked.addAll(lookedAt(rule)));
    this.looksAtAllTags = expressions().anyMatch(LintFacts::readsTagsWithoutNamingOne);
  }

  private static Stream<Label> addedBy(Action action) {
    return action instanceof Action.AddTaint add ? Stream.of(add.tag()) : Stream.empty();
  }

  private static Stream<Label> addedBy(ResultAction action) {
    return action instanceof ResultAction.AddTaint add ? Stream.of(add.tag()) : Stream.empty();
  }

  private Set<Label> lookedAt(PolicySource.SourceRule rule) {
    Set<Label> tags = new LinkedHashSet<>();
    if (rule.action() instanceof Action.CheckTaint check) {
      tags.addAll(check.forbidden());
      tags.addAll(check.required());
    }
    conditions(rule)
        .forEach(condition -> {
          if (condition instanceof Condition.SessionHasTaint has) {
            tags.add(has.tag());
          }
          if (condition instanceof Condition.Expression expression
              && expression.text().contains(Expressions.SESSION_TAINTS)) {
            added.stream().filter(tag -> isNamed(tag, expression)).forEach(tags::add);
          }
        });
    return tags;
  }

  private static boolean isNamed(Label tag, Condition.Expression expression) {
    return expression.text().contains('"' + tag.value() + '"')
        || expression.text().contains('\'' + tag.value() + '\'');
  }

  private static boolean readsTagsWithoutNamingOne(Condition.Expression expression) {
    return expression.text().contains(Expressions.SESSION_TAINTS)
        && !expression.text().matches("(?s).*[\"'].*");
  }

  private Stream<Condition.Expression> expressions() {
    return policy.rules().stream()
        .flatMap(LintFacts::conditions)
        .filter(Condition.Expression.class::isInstance)
        .map(Condition.Expression.class::cast);
  }

  /// Every condition of a rule, with the parts of each.
  static Stream<Condition> conditions(PolicySource.SourceRule rule) {
    return Stream.concat(
            rule.guard().stream(), rule.exceptions().stream().map(PolicySource.Exemption::when))
        .flatMap(LintFacts::withParts);
  }

  static Stream<Condition> withParts(Condition condition) {
    List<Condition> parts =
        switch (condition) {
          case Condition.All all -> all.parts();
          case Condition.Any any -> any.parts();
          case Condition.Not not -> List.of(not.part());
          default -> List.of();
        };
    return Stream.concat(Stream.of(condition), parts.stream().flatMap(LintFacts::withParts));
  }

  boolean isAdded(Label tag) {
    return added.contains(tag);
  }

  boolean isLookedAt(Label tag) {
    return looksAtAllTags || looked.contains(tag);
  }

  boolean hasTools(ToolClass toolClass) {
    return policy.toolClasses().values().stream().anyMatch(has -> has.contains(toolClass));
  }

  /// The classes of the tools of a name, as far as the policy gives them.
  SortedSet<ToolClass> classes(NamePattern tool) {
    SortedSet<ToolClass> exact = policy.toolClasses().get(tool);
    if (exact != null && tool.isExact()) {
      return exact;
    }
    SortedSet<ToolClass> all = new TreeSet<>();
    policy
        .toolClasses()
        .forEach((name, classes) -> {
          if (NameOverlap.covers(name, tool)) {
            all.addAll(classes);
          }
        });
    return all;
  }

  /// Names under which the policy knows single tools.
  Set<NamePattern> knownTools() {
    Set<NamePattern> names = new LinkedHashSet<>();
    names.addAll(policy.toolClasses().keySet());
    names.addAll(policy.staticRules().keySet());
    policy
        .rules()
        .forEach(rule -> {
          if (rule.selector() instanceof Selector.ByTool tool) {
            names.add(tool.name());
          }
        });
    names.removeIf(name -> !name.isExact());
    return names;
  }

  /// Whether some call that the selector means may be permitted by the static rules.
  boolean mayBePermitted(Selector selector) {
    return switch (selector) {
      case Selector.ByTool tool -> mayBePermitted(tool.name());
      case Selector.ByClass named ->
          policy.toolClasses().entrySet().stream()
              .filter(entry -> entry.getValue().contains(named.toolClass()))
              .anyMatch(entry -> mayBePermitted(entry.getKey()));
      case Selector.AnyOf anyOf -> anyOf.parts().stream().anyMatch(this::mayBePermitted);
    };
  }

  boolean mayBePermitted(NamePattern name) {
    StaticVerdict exact = name.isExact() ? policy.staticRules().get(name) : null;
    if (exact != null) {
      return exact != StaticVerdict.DENY;
    }
    boolean denied =
        policy.staticRules().entrySet().stream()
            .filter(entry -> entry.getValue() == StaticVerdict.DENY)
            .map(Map.Entry::getKey)
            .anyMatch(glob -> !glob.isExact() && NameOverlap.covers(glob, name));
    return policy.staticRules().entrySet().stream()
        .filter(entry -> entry.getValue() != StaticVerdict.DENY)
        .map(Map.Entry::getKey)
        .anyMatch(entry -> NameOverlap.overlap(entry, name) && (!denied || entry.isExact()));
  }

  /// Whether the rules of the first selector are surely about every call of the second one.
  boolean covers(Selector wide, Selector narrow) {
    if (wide.equals(narrow)) {
      return true;
    }
    if (wide instanceof Selector.AnyOf anyOf) {
      return anyOf.parts().stream().anyMatch(part -> covers(part, narrow));
    }
    if (wide instanceof Selector.ByTool tool) {
      return tool.name().equals(NamePattern.of("*"))
          || (narrow instanceof Selector.ByTool other
              && NameOverlap.covers(tool.name(), other.name()));
    }
    return wide instanceof Selector.ByClass named
        && narrow instanceof Selector.ByTool tool
        && tool.name().isExact()
        && policy
            .toolClasses()
            .getOrDefault(tool.name(), new TreeSet<>())
            .contains(named.toolClass());
  }

  /// Whether a rule of this selector is about the tool.
  boolean isAbout(Selector selector, NamePattern tool) {
    return switch (selector) {
      case Selector.ByTool named -> NameOverlap.covers(named.name(), tool);
      case Selector.ByClass named -> classes(tool).contains(named.toolClass());
      case Selector.AnyOf anyOf -> anyOf.parts().stream().anyMatch(part -> isAbout(part, tool));
    };
  }

  /// Every class that a rule, a limit or a result rule names.
  Set<ToolClass> namedClasses() {
    Set<ToolClass> named = new LinkedHashSet<>();
    policy
        .rules()
        .forEach(rule -> {
          add(rule.selector(), named);
          rule.sequence().ifPresent(sequence -> sequence.steps().forEach(step -> add(step, named)));
          conditions(rule)
              .forEach(condition -> {
                if (condition instanceof Condition.CurrentToolClass current) {
                  named.add(current.toolClass());
                } else if (condition instanceof Condition.SessionHasClass had) {
                  named.add(had.toolClass());
                }
              });
        });
    policy.limits().forEach(limit -> add(limit.selector(), named));
    policy.resultRules().forEach(rule -> add(rule.selector(), named));
    return named;
  }

  private static void add(Selector selector, Set<ToolClass> named) {
    switch (selector) {
      case Selector.ByTool byTool -> {}
      case Selector.ByClass byClass -> named.add(byClass.toolClass());
      case Selector.AnyOf anyOf -> anyOf.parts().forEach(part -> add(part, named));
    }
  }

  /// Whether expressions look at `tool.classes`, so that every class may matter.
  boolean looksAtClasses() {
    return expressions().anyMatch(one -> one.text().contains(Expressions.TOOL_CLASSES));
  }
}
