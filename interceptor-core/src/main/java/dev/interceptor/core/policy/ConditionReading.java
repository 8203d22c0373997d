package dev.interceptor.core.policy;

import java.util.List;
import java.util.Optional;

/// What a condition says about one call.
///
/// @param text the condition in one line
/// @param parts of a condition that is made of others, whether or not they mattered
/// @param why what the answer comes from, where the text does not say it: what the session carries,
///   or why an expression cannot be evaluated
public record ConditionReading(
    String text, Truth truth, List<ConditionReading> parts, Optional<String> why) {
  public ConditionReading {
    parts = List.copyOf(parts);
  }

  static ConditionReading of(Condition condition, Situation situation) {
    return new ConditionReading(
        ConditionText.of(condition),
        condition.test(situation),
        parts(condition).stream().map(part -> of(part, situation)).toList(),
        why(condition, situation));
  }

  private static List<Condition> parts(Condition condition) {
    return switch (condition) {
      case Condition.All all -> all.parts();
      case Condition.Any any -> any.parts();
      case Condition.Not not -> List.of(not.part());
      case Condition.ToolArgsMatch match when match.arguments().size() > 1 ->
          match.arguments().stream()
              .<Condition>map(argument -> new Condition.ToolArgsMatch(List.of(argument)))
              .toList();
      default -> List.of();
    };
  }

  private static Optional<String> why(Condition condition, Situation situation) {
    var session = situation.session();
    return switch (condition) {
      case Condition.Expression expression -> expression.program().fault(situation);
      case Condition.CurrentTool tool ->
          Optional.of("the tool is " + situation.call().tool().qualified());
      case Condition.CurrentToolClass named ->
          Optional.of("the tool's classes are " + situation.plan().classes());
      case Condition.SessionHasTool tool -> Optional.of("permitted before: " + session.tools());
      case Condition.SessionHasClass named -> Optional.of("classes before: " + session.classes());
      case Condition.SessionHasTaint tag -> Optional.of("the session carries " + session.labels());
      case Condition.ToolArgsMatch match when match.arguments().size() == 1 ->
          isAbsent(match.arguments().getFirst(), situation)
              ? Optional.of("there is no such argument")
              : Optional.empty();
      case Condition.InSequence in -> Optional.of(taken(in.sequence(), situation));
      default -> Optional.empty();
    };
  }

  private static boolean isAbsent(Condition.Argument argument, Situation situation) {
    return Paths.find(situation.call().arguments().value(), argument.path()).isEmpty();
  }

  private static String taken(Sequence sequence, Situation situation) {
    List<Long> progress = situation.session().progress().getOrDefault(sequence.key(), List.of());
    int mask = situation.plan().stepsOf(sequence);
    return "steps taken by earlier calls: "
        + sequence.taken(progress)
        + " of "
        + sequence.steps().size()
        + ((mask & (1 << (sequence.steps().size() - 1))) == 0
            ? "; this call is not the last one"
            : "; this call can be the last one");
  }
}
