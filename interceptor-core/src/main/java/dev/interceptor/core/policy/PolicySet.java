package dev.interceptor.core.policy;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// One policy, compiled. Immutable in meaning and safe to share; what it works out per tool it
/// keeps, up to {@value #MAX_PLANS} tools.
public final class PolicySet {
  private static final int MAX_PLANS = 4096;

  private final String name;
  private final Sha256 digest;
  private final String digestHex;
  private final NameTable<StaticVerdict> staticRules;
  private final NameTable<SortedSet<ToolClass>> toolClasses;
  private final List<Rule> rules;
  private final List<Limit> limits;
  private final List<ResultRule> resultRules;
  private final List<Sequence> sequences;
  private final boolean countsCalls;
  private final Map<ToolRef, ToolPlan> plans = new ConcurrentHashMap<>();

  PolicySet(
      String name,
      Sha256 digest,
      Map<NamePattern, StaticVerdict> staticRules,
      Map<NamePattern, SortedSet<ToolClass>> toolClasses,
      List<Rule> rules,
      List<Limit> limits,
      List<ResultRule> resultRules) {
    this.name = name;
    this.digest = digest;
    this.digestHex = digest.hex();
    this.staticRules = new NameTable<>(staticRules);
    this.toolClasses = new NameTable<>(toolClasses);
    this.rules = List.copyOf(rules);
    this.limits = List.copyOf(limits);
    this.resultRules = List.copyOf(resultRules);
    this.countsCalls =
        rules.stream().flatMap(Rule::expressions).anyMatch(CompiledExpression::usesSessionCalls);
    this.sequences = rules.stream().flatMap(rule -> rule.sequence().stream()).toList();
  }

  public String name() {
    return name;
  }

  /// Identifies this version of the policy: SHA-256 of its canonical form, which comments, layout
  /// and spelling do not change.
  public Sha256 digest() {
    return digest;
  }

  /// {@link #digest()} in lower-case hex, as a session's state carries it.
  public String digestHex() {
    return digestHex;
  }

  /// The tool's classes. An exact name decides alone, the qualified one first; else all globs that
  /// cover the tool add up.
  public SortedSet<ToolClass> classes(ToolRef tool) {
    return plan(tool).classes();
  }

  /// Whether some call of the tool might be permitted: false hides it from lists.
  public boolean mayEverPermit(ToolRef tool) {
    return switch (plan(tool).verdict()) {
      case ALLOW, REQUIRE_APPROVAL -> true;
      case DENY, UNLISTED -> false;
    };
  }

  /// Everything this policy says about the tool.
  public ToolPlan plan(ToolRef tool) {
    ToolPlan known = plans.get(tool);
    if (known != null) {
      return known;
    }
    ToolPlan plan = planWith(tool, classesOf(tool));
    if (plan.verdict() != StaticVerdict.UNLISTED && plans.size() < MAX_PLANS) {
      plans.put(tool, plan);
    }
    return plan;
  }

  /// The plan for a tool that carried these classes at the time, whatever this policy gives it.
  public ToolPlan planWith(ToolRef tool, SortedSet<ToolClass> classes) {
    List<Rule> matching =
        rules.stream().filter(rule -> rule.selector().matches(tool, classes)).toList();
    List<Limit> charged =
        limits.stream().filter(limit -> limit.selector().matches(tool, classes)).toList();
    int[] steps =
        sequences.stream().mapToInt(sequence -> sequence.stepsOf(tool, classes)).toArray();
    List<ResultRule> afterwards =
        resultRules.stream().filter(rule -> rule.selector().matches(tool, classes)).toList();
    return new ToolPlan(tool, verdict(tool), classes, matching, charged, afterwards, steps);
  }

  /// In file order.
  public List<Limit> limits() {
    return limits;
  }

  /// What every rule says about one call and why, in file order.
  public List<RuleReading> readings(Situation situation) {
    return rules.stream().map(rule -> RuleReading.of(rule, situation)).toList();
  }

  /// The static rules that cover the tool: exact names before globs, the stricter ones first.
  public List<StaticEntry> staticEntries(ToolRef tool) {
    StaticVerdict verdict = verdict(tool);
    boolean exact =
        staticRules.byQualifiedName(tool).isPresent() || staticRules.byBareName(tool).isPresent();
    return staticRules.covering(tool).entrySet().stream()
        .map(entry ->
            new StaticEntry(
                entry.getKey().text(),
                entry.getValue(),
                entry.getKey().isExact() == exact && entry.getValue() == verdict))
        .sorted()
        .toList();
  }

  /// Whether the order and the number of a session's calls matter, so that replaying it takes every
  /// one of them.
  public boolean followsSequences() {
    return !sequences.isEmpty();
  }

  /// Whether some condition asks how many calls the session has made.
  public boolean countsCalls() {
    return countsCalls;
  }

  /// The progress of this policy's sequences after a permitted call.
  public Progress progressAfter(ToolPlan plan, SessionState session) {
    if (!plan.inSequences() && session.progress().isEmpty()) {
      return new Progress(session.position(), session.progress());
    }
    return Progress.after(session, sequences, plan.steps());
  }

  private StaticVerdict verdict(ToolRef tool) {
    Optional<StaticVerdict> qualified = staticRules.byQualifiedName(tool);
    Optional<StaticVerdict> bare = staticRules.byBareName(tool);
    List<StaticVerdict> exact = new ArrayList<>();
    qualified.ifPresent(exact::add);
    bare.ifPresent(exact::add);
    return strictest(exact.isEmpty() ? staticRules.byGlob(tool) : exact);
  }

  private static StaticVerdict strictest(Collection<StaticVerdict> verdicts) {
    if (verdicts.isEmpty()) {
      return StaticVerdict.UNLISTED;
    }
    if (verdicts.contains(StaticVerdict.DENY)) {
      return StaticVerdict.DENY;
    }
    return verdicts.contains(StaticVerdict.REQUIRE_APPROVAL)
        ? StaticVerdict.REQUIRE_APPROVAL
        : StaticVerdict.ALLOW;
  }

  private SortedSet<ToolClass> classesOf(ToolRef tool) {
    Optional<SortedSet<ToolClass>> exact =
        toolClasses.byQualifiedName(tool).or(() -> toolClasses.byBareName(tool));
    if (exact.isPresent()) {
      return exact.get();
    }
    return toolClasses.byGlob(tool).stream()
        .flatMap(Collection::stream)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
