package dev.interceptor.core.reference;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.SessionReplay;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.session.SessionState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// A story as the engine decides it, where each call can be asked of another policy as well.
final class Telling {
  private static final int POLICIES_PER_SEED = 10;
  private static final int CALLS = 40;

  private final ReferencePolicy policy;
  private final List<Call> calls;
  private final Engine engine;

  Telling(ReferencePolicy policy, List<Call> calls) {
    this.policy = policy;
    this.calls = calls;
    this.engine = new Engine(PolicyText.of(policy));
  }

  /// A policy, told with its calls; every call is asked of other policies too, in the same past.
  interface Law {
    void holds(Telling telling, Random random);
  }

  static void everywhere(long seed, Law law) {
    for (long i = 0; i < POLICIES_PER_SEED; i++) {
      var random = new Random(seed * 1_000_003 + i);
      Semantics semantics = RandomPolicies.semantics(random);
      ReferencePolicy policy = RandomPolicies.policy(random, semantics);
      law.holds(new Telling(policy, RandomSessions.calls(random, 2, CALLS)), random);
    }
  }

  ReferencePolicy policy() {
    return policy;
  }

  List<Call> calls() {
    return calls;
  }

  Engine engine() {
    return engine;
  }

  Engine engine(ReferencePolicy other) {
    return new Engine(PolicyText.of(other));
  }

  /// One call at its place in the story.
  ///
  /// @param log the permitted calls of its session
  /// @param used what the customer has used up of periods of time
  record Told(
      Engine engine,
      Call call,
      SessionState before,
      Decision decision,
      List<PastCall> log,
      Map<String, Long> used) {
    Answer answer() {
      return Engine.answer(decision);
    }

    /// What another policy says to the call after the same past.
    Answer by(Engine other) {
      return Engine.answer(other.decide(call, replayed(other), used));
    }

    Answer in(SessionState state) {
      return Engine.answer(engine.decide(call, state, used));
    }

    SessionState replayed(Engine by) {
      return SessionReplay.replay(by.policy(), new SessionPast(log, before.counters()));
    }
  }

  void forEach(Consumer<Told> hears) {
    Map<Integer, SessionState> states = new HashMap<>();
    Map<Integer, List<PastCall>> logs = new HashMap<>();
    Map<String, Long> used = new HashMap<>();
    for (Call call : calls) {
      SessionState before = states.getOrDefault(call.session(), SessionState.NEW);
      List<PastCall> log = logs.computeIfAbsent(call.session(), session -> new ArrayList<>());
      Decision decision = engine.decide(call, before, used);
      hears.accept(new Told(engine, call, before, decision, log, used));
      states.put(call.session(), Engine.after(call, decision, before, used));
      if (decision instanceof Decision.Permit permit) {
        log.add(remembered(call, permit));
      }
    }
  }

  private PastCall remembered(Call call, Decision.Permit permit) {
    var tool = Engine.tool(call);
    SortedSet<Label> removed = call.completes() ? permit.removed() : new TreeSet<>();
    return new PastCall(
        permit.reserved().version(), tool, engine.policy().classes(tool), permit.added(), removed);
  }
}
