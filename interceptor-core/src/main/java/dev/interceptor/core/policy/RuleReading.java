package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one rule says about one call, and why: the answers of the very conditions that decide.
///
/// @param action as the policy writes it, with its tags
/// @param about the calls that the rule is about
/// @param tags what the session carries of a `CHECK_TAINT`'s tags
/// @param condition the pattern and `when` together; empty without them and for other calls
public record RuleReading(
    RuleId id,
    String action,
    String about,
    Verdict verdict,
    Optional<String> tags,
    Optional<ConditionReading> condition,
    List<ExceptionReading> exceptions,
    Optional<String> error) {
  public RuleReading {
    exceptions = List.copyOf(exceptions);
  }

  /// What became of a rule.
  public enum Verdict {
    DENIES,
    NEEDS_APPROVAL,
    /// It could not be evaluated: a denying rule denies, and no tag is removed.
    FAULT,
    ADDS_TAG,
    REMOVES_TAG,
    /// Its selector means other calls.
    OTHER_CALLS,
    /// The session does not carry the tags that it checks.
    TAGS_ABSENT,
    CONDITION_FALSE,
    EXEMPTED
  }

  /// An exception of the rule.
  public record ExceptionReading(Optional<String> reason, ConditionReading when) {}

  static RuleReading of(Rule rule, Situation situation) {
    boolean about = rule.selector().matches(situation.call().tool(), situation.plan().classes());
    return new RuleReading(
        rule.id(),
        action(rule.action()),
        ConditionText.of(rule.selector()),
        about ? verdict(rule, situation) : Verdict.OTHER_CALLS,
        about ? tags(rule.action(), situation) : Optional.empty(),
        about ? condition(rule.guard(), situation) : Optional.empty(),
        about
            ? rule.exceptions().stream()
                .map(exception ->
                    new ExceptionReading(
                        exception.reason(), ConditionReading.of(exception.when(), situation)))
                .toList()
            : List.of(),
        rule.error());
  }

  private static String action(Action action) {
    return switch (action) {
      case Action.AddTaint add -> "ADD_TAINT " + add.tag();
      case Action.RemoveTaint remove -> "REMOVE_TAINT " + remove.tag();
      case Action.CheckTaint check -> check(check);
      case Action.Block block -> block.keyword();
      case Action.RequireApproval approval -> "REQUIRE_APPROVAL";
    };
  }

  private static String check(Action.CheckTaint check) {
    List<String> parts = new ArrayList<>(List.of("CHECK_TAINT"));
    if (!check.forbidden().isEmpty()) {
      parts.add("forbidden " + check.forbidden());
    }
    if (!check.required().isEmpty()) {
      parts.add("required " + check.required());
    }
    return String.join(" ", parts);
  }

  private static Verdict verdict(Rule rule, Situation situation) {
    return switch (rule.action()) {
      case Action.AddTaint add ->
          rule.takesEffect(situation) ? Verdict.ADDS_TAG : spared(rule, situation);
      case Action.RemoveTaint remove ->
          rule.takesEffect(situation) ? Verdict.REMOVES_TAG : spared(rule, situation);
      case Action.CheckTaint check -> denies(rule, situation, Verdict.DENIES);
      case Action.Block block -> denies(rule, situation, Verdict.DENIES);
      case Action.RequireApproval approval -> denies(rule, situation, Verdict.NEEDS_APPROVAL);
    };
  }

  private static Verdict denies(Rule rule, Situation situation, Verdict ifTrue) {
    return switch (rule.denies(situation)) {
      case TRUE -> ifTrue;
      case FAULT -> Verdict.FAULT;
      case FALSE -> spared(rule, situation);
    };
  }

  /// Why a rule about this call does nothing.
  private static Verdict spared(Rule rule, Situation situation) {
    if (rule.action() instanceof Action.CheckTaint check
        && !check.closedBy(situation.session().labels())) {
      return Verdict.TAGS_ABSENT;
    }
    if (rule.guard().test(situation) == Truth.FALSE) {
      return Verdict.CONDITION_FALSE;
    }
    boolean exempted =
        rule.exceptions().stream().anyMatch(e -> e.when().test(situation) == Truth.TRUE);
    return exempted ? Verdict.EXEMPTED : Verdict.FAULT;
  }

  private static Optional<String> tags(Action action, Situation situation) {
    return action instanceof Action.CheckTaint
        ? Optional.of("the session carries " + situation.session().labels())
        : Optional.empty();
  }

  private static Optional<ConditionReading> condition(Condition guard, Situation situation) {
    boolean none = guard instanceof Condition.All all && all.parts().isEmpty();
    return none ? Optional.empty() : Optional.of(ConditionReading.of(guard, situation));
  }
}
