package dev.interceptor.core.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One taint rule, compiled.
public final class Rule {
  private final RuleId id;
  private final Selector selector;
  private final Action action;
  private final Optional<Sequence> sequence;
  private final Condition guard;
  private final List<PolicySource.Exemption> exceptions;
  private final Optional<String> error;

  /// @param guard the rule's pattern and `when` together
  Rule(
      RuleId id,
      Selector selector,
      Action action,
      Optional<Sequence> sequence,
      Condition guard,
      List<PolicySource.Exemption> exceptions,
      Optional<String> error) {
    this.id = id;
    this.selector = selector;
    this.action = action;
    this.sequence = sequence;
    this.guard = guard;
    this.exceptions = List.copyOf(exceptions);
    this.error = error;
  }

  public RuleId id() {
    return id;
  }

  public Action action() {
    return action;
  }

  /// The rule's text for the client of a denied call.
  public Optional<String> error() {
    return error;
  }

  public boolean followsSequence() {
    return sequence.isPresent();
  }

  Optional<Sequence> sequence() {
    return sequence;
  }

  Condition guard() {
    return guard;
  }

  List<PolicySource.Exemption> exceptions() {
    return exceptions;
  }

  Selector selector() {
    return selector;
  }

  /// Whether the rule denies the call. {@link Truth#FAULT} denies as well: it says that the rule
  /// could not be evaluated and no exception is known to hold. Only for denying actions.
  public Truth denies(Situation situation) {
    Truth closed =
        switch (action) {
          case Action.CheckTaint check -> Truth.of(check.closedBy(situation.session().labels()));
          case Action.Block block -> Truth.TRUE;
          case Action.RequireApproval approval -> Truth.TRUE;
          case Action.AddTaint add -> Truth.FALSE;
          case Action.RemoveTaint remove -> Truth.FALSE;
        };
    if (closed == Truth.FALSE) {
      return Truth.FALSE;
    }
    Truth held = guard.test(situation);
    return held == Truth.FALSE || exempted(situation) == Truth.TRUE ? Truth.FALSE : held;
  }

  /// Whether the tag is added or removed. Where that cannot be told, a tag is added and none is
  /// removed. Only for actions with an effect.
  public boolean takesEffect(Situation situation) {
    return switch (action) {
      case Action.AddTaint add ->
          guard.test(situation) != Truth.FALSE && exempted(situation) != Truth.TRUE;
      case Action.RemoveTaint remove ->
          guard.test(situation) == Truth.TRUE && exempted(situation) == Truth.FALSE;
      case Action.CheckTaint check -> false;
      case Action.Block block -> false;
      case Action.RequireApproval approval -> false;
    };
  }

  /// Every expression of the rule.
  Stream<CompiledExpression> expressions() {
    return conditions().flatMap(Condition::expressions);
  }

  /// The arguments that its conditions may look at, see {@link Condition#argumentPaths}.
  Stream<List<String>> argumentPaths() {
    return conditions().flatMap(Condition::argumentPaths);
  }

  private Stream<Condition> conditions() {
    return Stream.concat(Stream.of(guard), exceptions.stream().map(PolicySource.Exemption::when));
  }

  /// Whether an action with an effect takes it on every permitted call.
  boolean alwaysTakesEffect() {
    return guard instanceof Condition.All all && all.parts().isEmpty() && exceptions.isEmpty();
  }

  private Truth exempted(Situation situation) {
    Truth truth = Truth.FALSE;
    for (int i = 0; i < exceptions.size() && truth != Truth.TRUE; i++) {
      truth = truth.or(exceptions.get(i).when().test(situation));
    }
    return truth;
  }
}
