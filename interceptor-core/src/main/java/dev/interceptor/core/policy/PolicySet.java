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
  private final List<Sequence> sequences;
  private final Map<ToolRef, ToolPlan> plans = new ConcurrentHashMap<>();

  PolicySet(
      String name,
      Sha256 digest,
      Map<NamePattern, StaticVerdict> staticRules,
      Map<NamePattern, SortedSet<ToolClass>> toolClasses,
      List<Rule> rules) {
    this.name = name;
    this.digest = digest;
    this.digestHex = digest.hex();
    this.staticRules = new NameTable<>(staticRules);
    this.toolClasses = new NameTable<>(toolClasses);
    this.rules = List.copyOf(rules);
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
    return plan(tool).verdict() == StaticVerdict.ALLOW;
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
    int[] steps =
        sequences.stream().mapToInt(sequence -> sequence.stepsOf(tool, classes)).toArray();
    return new ToolPlan(tool, verdict(tool), classes, matching, steps);
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
    return verdicts.contains(StaticVerdict.DENY) ? StaticVerdict.DENY : StaticVerdict.ALLOW;
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
