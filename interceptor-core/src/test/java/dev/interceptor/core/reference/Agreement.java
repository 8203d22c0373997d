package dev.interceptor.core.reference;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.reference.ReferencePolicy.Rule;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.reference.Story.Past;
import dev.interceptor.core.session.SessionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

/// Tells a story to the engine and to the reference and compares every answer.
final class Agreement {
  private Agreement() {}

  /// @param heard receives the reference's answer to every call
  /// @return what they first disagree about
  static Optional<String> firstDisagreement(
      ReferencePolicy policy, Engine engine, List<Call> calls, Consumer<Answer> heard) {
    var reference = new ReferenceEvaluator(policy);
    List<Past> everything = new ArrayList<>();
    Map<Integer, SessionState> states = new HashMap<>();
    Map<String, Long> used = new HashMap<>();
    for (Call call : calls) {
      SessionState state = states.getOrDefault(call.session(), SessionState.NEW);
      Answer expected = reference.decide(call, everything);
      Decision decision = engine.decide(call, state, used);
      Answer actual = Engine.answer(decision);
      if (!actual.equals(expected)) {
        return Optional.of("  reference " + expected + "\n  engine    " + actual);
      }
      heard.accept(expected);
      state = Engine.after(call, decision, state, used);
      states.put(call.session(), state);
      if (expected.permits()) {
        everything.add(reference.remembered(call, expected));
      }
      SortedSet<String> taints =
          ReferenceEvaluator.taints(ReferenceEvaluator.of(call.session(), everything));
      if (!Engine.tags(state.labels()).equals(taints)) {
        return Optional.of("after " + call + ": " + taints + ", the engine " + state.labels());
      }
    }
    return Optional.empty();
  }

  /// A story about the same disagreement without the rules and calls that it does not need.
  static String shrunk(ReferencePolicy policy, List<Call> calls) {
    ReferencePolicy smallest = policy;
    List<Call> fewest = calls;
    for (int i = policy.rules().size() - 1; i >= 0; i--) {
      List<Rule> rules = new ArrayList<>(smallest.rules());
      rules.remove(i);
      smallest = disagree(smallest.with(rules), fewest) ? smallest.with(rules) : smallest;
    }
    for (int i = calls.size() - 1; i >= 0; i--) {
      List<Call> without = new ArrayList<>(fewest);
      without.remove(i);
      fewest = disagree(smallest, without) ? List.copyOf(without) : fewest;
    }
    String text = PolicyText.of(smallest);
    var told = new StringBuilder(text);
    fewest.forEach(call -> told.append(PolicyText.of(call)).append('\n'));
    return told.append(
            firstDisagreement(smallest, new Engine(text), fewest, answer -> {}).orElse("agreed"))
        .toString();
  }

  private static boolean disagree(ReferencePolicy policy, List<Call> calls) {
    var engine = new Engine(PolicyText.of(policy));
    return firstDisagreement(policy, engine, calls, answer -> {}).isPresent();
  }
}
