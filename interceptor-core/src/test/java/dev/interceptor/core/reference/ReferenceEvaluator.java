package dev.interceptor.core.reference;

import dev.interceptor.core.reference.ReferencePolicy.Action;
import dev.interceptor.core.reference.ReferencePolicy.Limit;
import dev.interceptor.core.reference.ReferencePolicy.Logic;
import dev.interceptor.core.reference.ReferencePolicy.Pattern;
import dev.interceptor.core.reference.ReferencePolicy.Rule;
import dev.interceptor.core.reference.ReferencePolicy.Selector;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.ReferencePolicy.Sequence;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.reference.Story.Past;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Decides a call by looking through every permitted call of the session, from the documents alone.
final class ReferenceEvaluator {
  private static final SortedSet<String> NONE = Collections.emptySortedSet();

  private record Denial(String by, String reason, Optional<String> message) {}

  private final ReferencePolicy policy;
  private final boolean strict;

  ReferenceEvaluator(ReferencePolicy policy) {
    this.policy = policy;
    this.strict = policy.semantics() == Semantics.STRICT;
  }

  /// @param everything the customer's permitted calls of all sessions, oldest first
  Answer decide(Call call, List<Past> everything) {
    Optional<String> listed = ReferenceNames.staticVerdict(policy, call);
    if (listed.isEmpty()) {
      return denied("TOOL_NOT_LISTED", List.of(), Optional.empty());
    }
    if (listed.get().equals("DENY")) {
      return denied("TOOL_DENIED", List.of("static"), Optional.empty());
    }
    SortedSet<String> classes = ReferenceNames.classes(policy, call);
    List<Past> history = of(call.session(), everything);
    var about = new ReferenceConditions(policy, call, classes, taints(history), history);
    List<Denial> denials = new ArrayList<>();
    List<Denial> waits = new ArrayList<>();
    for (Limit limit : policy.limits()) {
      Truth exceeded = ReferenceLimits.exceeded(policy, limit, call, classes, everything);
      if (exceeded != Truth.FALSE) {
        String reason = exceeded == Truth.FAULT ? "EVALUATION_FAULT" : "LIMIT_EXCEEDED";
        denials.add(new Denial(limit.id(), reason, limit.error()));
      }
    }
    List<String> determining = new ArrayList<>(List.of("static"));
    SortedSet<String> added = new TreeSet<>();
    SortedSet<String> removed = new TreeSet<>();
    for (Rule rule : policy.rules()) {
      Truth holds = holds(rule, about);
      if (rule.action().denies() && holds != Truth.FALSE) {
        String reason = holds == Truth.FAULT ? "EVALUATION_FAULT" : reason(rule);
        var denial = new Denial(rule.id(), reason, rule.error());
        (reason.equals("APPROVAL_REQUIRED") ? waits : denials).add(denial);
      } else if (rule.action() == Action.ADD_TAINT && holds != Truth.FALSE) {
        added.add(rule.tag());
        determining.add(rule.id());
      } else if (rule.action() == Action.REMOVE_TAINT && holds == Truth.TRUE) {
        removed.add(rule.tag());
        determining.add(rule.id());
      }
    }
    waits.forEach(wait -> determining.add(wait.by()));
    if (listed.get().equals("REQUIRE_APPROVAL")) {
      waits.add(new Denial("static", "APPROVAL_REQUIRED", Optional.empty()));
    }
    if (!denials.isEmpty()) {
      return denied(denials);
    }
    return waits.isEmpty() || call.approved()
        ? new Answer("", determining, added, removed, !waits.isEmpty(), Optional.empty())
        : denied(waits);
  }

  private static Answer denied(List<Denial> denials) {
    Denial first = denials.getFirst();
    return denied(first.reason(), denials.stream().map(Denial::by).toList(), first.message());
  }

  static List<Past> of(int session, List<Past> everything) {
    return everything.stream().filter(past -> past.call().session() == session).toList();
  }

  /// The call as history remembers it once it is permitted.
  Past remembered(Call call, Answer permit) {
    return new Past(call, ReferenceNames.classes(policy, call), permit.added(), permit.removed());
  }

  /// Tags are added with the permit and removed when the call has completed, removal last.
  static SortedSet<String> taints(List<Past> history) {
    SortedSet<String> taints = new TreeSet<>();
    for (Past past : history) {
      taints.addAll(past.added());
      if (past.call().completes()) {
        taints.removeAll(past.removed());
      }
    }
    return taints;
  }

  private static Answer denied(String reason, List<String> rules, Optional<String> message) {
    return new Answer(reason, rules, NONE, NONE, false, message);
  }

  private static String reason(Rule rule) {
    if (rule.action() == Action.CHECK_TAINT) {
      return "TAINTED";
    }
    if (rule.action() == Action.REQUIRE_APPROVAL) {
      return "APPROVAL_REQUIRED";
    }
    return rule.pattern().isPresent() && rule.pattern().get() instanceof Sequence
        ? "SEQUENCE_BLOCKED"
        : "RULE_BLOCKED";
  }

  private Truth holds(Rule rule, ReferenceConditions about) {
    if (!strict && rule.pattern().isPresent()) {
      return rule.action().blocks() ? holds(rule.pattern().get(), about) : Truth.FALSE;
    }
    if (!selects(policy, rule.selector(), about.call(), about.classes())
        || (!strict && rule.action().blocks())
        || (rule.action() == Action.CHECK_TAINT && !tainted(rule, about.taints()))) {
      return Truth.FALSE;
    }
    List<Truth> parts =
        List.of(
            rule.pattern().map(pattern -> holds(pattern, about)).orElse(Truth.TRUE),
            rule.when().map(about::truth).orElse(Truth.TRUE),
            exempted(rule, about).negated());
    return Truth.all(parts, part -> part);
  }

  /// An exception that cannot be evaluated does not exempt. Where that would take a tag away the
  /// rule does not hold instead, for REMOVE_TAINT does not remove then.
  private Truth exempted(Rule rule, ReferenceConditions about) {
    if (!strict && rule.action() != Action.CHECK_TAINT) {
      return Truth.FALSE;
    }
    Truth exempted = Truth.any(rule.exceptions(), about::truth);
    return exempted == Truth.FAULT ? Truth.of(rule.action() == Action.REMOVE_TAINT) : exempted;
  }

  private static boolean tainted(Rule rule, Set<String> taints) {
    return rule.forbidden().stream().anyMatch(taints::contains)
        || (!rule.required().isEmpty() && taints.containsAll(rule.required()));
  }

  static boolean selects(
      ReferencePolicy policy, Selector selector, Call call, Set<String> classes) {
    if (selector.equals(Selector.EVERY_CALL)) {
      return true;
    }
    return selector.byClass()
        ? classes.contains(selector.name())
        : ReferenceNames.names(policy, selector.name(), call);
  }

  private Truth holds(Pattern pattern, ReferenceConditions about) {
    return switch (pattern) {
      case Logic logic -> about.truth(logic.condition());
      case Sequence sequence -> {
        List<Past> entries = new ArrayList<>(about.history());
        entries.add(new Past(about.call(), about.classes(), NONE, NONE));
        yield Truth.of(
            strict
                ? exists(sequence, matching(sequence, entries), List.of())
                : greedy(sequence, entries));
      }
    };
  }

  /// By step, the indexes of the entries that satisfy it; of the last step, unless it may lie
  /// anywhere, the current call only.
  private List<List<Integer>> matching(Sequence sequence, List<Past> entries) {
    List<List<Integer>> indexes = new ArrayList<>();
    for (Selector step : sequence.steps()) {
      boolean mustBeCurrent = indexes.size() == sequence.steps().size() - 1 && !sequence.anywhere();
      indexes.add(
          IntStream.range(mustBeCurrent ? entries.size() - 1 : 0, entries.size())
              .filter(i -> selects(policy, step, entries.get(i).call(), entries.get(i).classes()))
              .boxed()
              .toList());
    }
    return indexes;
  }

  /// Whether some choice of entries, in order, satisfies the steps that none is chosen for yet.
  private static boolean exists(
      Sequence sequence, List<List<Integer>> matching, List<Integer> chosen) {
    if (chosen.size() == matching.size()) {
      return true;
    }
    if (matching.getLast().isEmpty()) {
      return false;
    }
    for (int i : matching.get(chosen.size())) {
      boolean fits =
          chosen.isEmpty()
              || (i > chosen.getLast()
                  && i - chosen.getFirst() <= sequence.maxDistance().orElse(Integer.MAX_VALUE)
                  && i - chosen.getLast() <= sequence.maxGap().orElse(Integer.MAX_VALUE));
      if (fits && exists(sequence, matching, with(chosen, i))) {
        return true;
      }
    }
    return false;
  }

  private static List<Integer> with(List<Integer> chosen, int next) {
    List<Integer> more = new ArrayList<>(chosen);
    more.add(next);
    return more;
  }

  /// The ancestor's way: one walk that takes whatever satisfies the awaited step.
  private boolean greedy(Sequence sequence, List<Past> entries) {
    int awaited = 0;
    int first = 0;
    for (int i = 0; i < entries.size() && awaited < sequence.steps().size(); i++) {
      Past entry = entries.get(i);
      if (selects(policy, sequence.steps().get(awaited), entry.call(), entry.classes())) {
        first = awaited == 0 ? i : first;
        awaited++;
        if (i - first > sequence.maxDistance().orElse(Integer.MAX_VALUE)) {
          awaited = 0;
        }
      }
    }
    return awaited == sequence.steps().size();
  }
}
