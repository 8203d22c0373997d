package dev.interceptor.core.policy;

import dev.interceptor.core.session.SortedNames;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Everything a policy says about one tool, worked out once.
public final class ToolPlan {
  private final StaticVerdict verdict;
  private final SortedSet<ToolClass> classes;
  private final List<String> classNames;
  private final SortedSet<String> recordedNames;
  private final List<Rule> denying;
  private final List<Rule> acting;
  private final Optional<Effects> fixedEffects;
  private final List<Limit> limits;
  private final boolean usesPeriods;
  private final boolean mayNeedApproval;
  private final List<ResultRule> resultRules;
  private final int[] steps;
  private final boolean inSequences;
  private final ArgumentReads argumentsRead;

  /// @param rules those whose selector matches, in file order
  /// @param limits those that a call of the tool is charged to, in file order
  /// @param resultRules those whose selector matches, in file order
  /// @param steps for every sequence of the policy, the steps that this tool can be
  ToolPlan(
      ToolRef tool,
      StaticVerdict verdict,
      SortedSet<ToolClass> classes,
      List<Rule> rules,
      List<Limit> limits,
      List<ResultRule> resultRules,
      int[] steps) {
    this.verdict = verdict;
    this.classes = SortedNames.copyOf(classes);
    this.classNames = classes.stream().map(ToolClass::value).toList();
    this.recordedNames = namesOf(tool);
    this.denying = rules.stream().filter(rule -> !acts(rule)).toList();
    this.acting = rules.stream().filter(ToolPlan::acts).toList();
    this.fixedEffects =
        acting.stream().allMatch(Rule::alwaysTakesEffect)
            ? Optional.of(Effects.of(acting))
            : Optional.empty();
    this.limits = List.copyOf(limits);
    this.usesPeriods = limits.stream().anyMatch(limit -> limit.per() != Period.SESSION);
    this.mayNeedApproval =
        verdict == StaticVerdict.REQUIRE_APPROVAL
            || denying.stream().anyMatch(rule -> rule.action() instanceof Action.RequireApproval);
    this.resultRules = List.copyOf(resultRules);
    this.steps = steps.clone();
    boolean any = false;
    for (int mask : steps) {
      any |= mask != 0;
    }
    this.inSequences = any;
    this.argumentsRead =
        switch (verdict) {
          case ALLOW, REQUIRE_APPROVAL -> readBy(rules, limits);
          case DENY, UNLISTED -> ArgumentReads.NONE;
        };
  }

  private static ArgumentReads readBy(List<Rule> rules, List<Limit> limits) {
    return ArgumentReads.of(
        Stream.concat(
                rules.stream().flatMap(Rule::argumentPaths),
                limits.stream().flatMap(Limit::argumentPaths))
            .collect(Collectors.toSet()));
  }

  private static SortedSet<String> namesOf(ToolRef tool) {
    SortedSet<String> names = new TreeSet<>();
    names.add(tool.qualified());
    if (!NamePattern.looksQualified(tool.name().value())) {
      names.add(tool.name().value());
    }
    return SortedNames.copyOf(names);
  }

  public StaticVerdict verdict() {
    return verdict;
  }

  public SortedSet<ToolClass> classes() {
    return classes;
  }

  /// What a session remembers of a permitted call: the qualified name and the bare one, except a
  /// bare name that could be mistaken for another upstream's tool.
  public SortedSet<String> recordedNames() {
    return recordedNames;
  }

  private static boolean acts(Rule rule) {
    return switch (rule.action()) {
      case Action.AddTaint add -> true;
      case Action.RemoveTaint remove -> true;
      case Action.CheckTaint check -> false;
      case Action.Block block -> false;
      case Action.RequireApproval approval -> false;
    };
  }

  /// The rules about this tool that can deny, in file order.
  public List<Rule> denying() {
    return denying;
  }

  /// The limits that a call of this tool is charged to, in file order.
  public List<Limit> limits() {
    return limits;
  }

  /// The customer's counters that have to be read before a call at `at` is decided.
  public List<String> countersRead(Instant at) {
    return usesPeriods
        ? limits.stream()
            .filter(limit -> limit.per() != Period.SESSION)
            .map(limit -> limit.counter(at))
            .distinct()
            .toList()
        : List.of();
  }

  /// Whether some call of this tool needs a person's approval.
  public boolean mayNeedApproval() {
    return mayNeedApproval;
  }

  /// What a permitted call does to the session's tags; worked out once where no rule has a
  /// condition.
  public Effects effects(Situation situation) {
    return fixedEffects.isPresent()
        ? fixedEffects.get()
        : Effects.of(acting.stream().filter(rule -> rule.takesEffect(situation)).toList());
  }

  /// What of a call's arguments is looked at to decide it: nothing where the name alone decides.
  public ArgumentReads argumentsRead() {
    return argumentsRead;
  }

  /// The rules about what this tool returns, in file order.
  public List<ResultRule> resultRules() {
    return resultRules;
  }

  List<String> classNames() {
    return classNames;
  }

  int stepsOf(Sequence sequence) {
    return steps[sequence.index()];
  }

  int[] steps() {
    return steps;
  }

  boolean inSequences() {
    return inSequences;
  }
}
