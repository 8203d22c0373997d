package dev.interceptor.core.reference;

import static dev.interceptor.core.reference.RandomSessions.pick;

import dev.interceptor.core.reference.ReferencePolicy.Action;
import dev.interceptor.core.reference.ReferencePolicy.Condition;
import dev.interceptor.core.reference.ReferencePolicy.Limit;
import dev.interceptor.core.reference.ReferencePolicy.Logic;
import dev.interceptor.core.reference.ReferencePolicy.Pattern;
import dev.interceptor.core.reference.ReferencePolicy.Period;
import dev.interceptor.core.reference.ReferencePolicy.Rule;
import dev.interceptor.core.reference.ReferencePolicy.Selector;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.ReferencePolicy.Sequence;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Policies that load, over the tools and arguments of [RandomSessions].
final class RandomPolicies {
  static final List<String> CLASSES = List.of("READ", "WRITE", "X:1", "a.b-c");
  static final List<String> TAGS = List.of("pii", "un-trusted", "x");

  private static final List<String> EXACT =
      List.of(
          "read",
          "read",
          "read",
          "send",
          "send",
          "send",
          "files_read",
          "pay",
          "a/b.c",
          "__x",
          "Read",
          "mail__send",
          "crm__send",
          "crm__pay",
          "crm__mail__send",
          "mail____x",
          "mail__read");
  private static final List<String> GLOBS =
      List.of(
          "*",
          "*",
          "*",
          "*",
          "*",
          "files_*",
          "*send",
          "mail__*",
          "*__send",
          "m*",
          "*_*",
          "crm__*",
          "cr*__pay",
          "re*ad",
          "*e*d",
          "*__*",
          "__*",
          "m*__*d",
          "f*es_*s_read");

  private static final List<List<String>> AMOUNTS =
      List.of(List.of("a"), List.of("b"), List.of("o", "a"));
  private static final List<BigDecimal> TOTALS =
      Stream.of("0", "1", "2", "2.000001", "2.5", "1000", "3000.01", "9000000000")
          .map(BigDecimal::new)
          .toList();

  private final RandomGenerator random;
  private final RandomConditions conditions;
  private final Semantics semantics;
  private final boolean strict;

  private RandomPolicies(RandomGenerator random, Semantics semantics) {
    this.random = random;
    this.semantics = semantics;
    this.strict = semantics == Semantics.STRICT;
    this.conditions = new RandomConditions(random, semantics);
  }

  static Semantics semantics(RandomGenerator random) {
    return random.nextInt(4) == 0 ? Semantics.SENTINEL_V1 : Semantics.STRICT;
  }

  static ReferencePolicy policy(RandomGenerator random, Semantics semantics) {
    return new RandomPolicies(random, semantics).policy();
  }

  /// Permits every call and tells by its tags which sequences have matched.
  static ReferencePolicy sequences(RandomGenerator random) {
    var policies = new RandomPolicies(random, Semantics.STRICT);
    List<Rule> rules = new ArrayList<>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      Pattern sequence = policies.sequence(false);
      rules.add(Rule.adding("r" + i, new Selector(false, "*"), "t" + i, sequence));
    }
    return new ReferencePolicy(
        Semantics.STRICT, policies.toolClasses(), Map.of("*", "ALLOW"), List.of(), rules);
  }

  static Rule rule(RandomGenerator random, Semantics semantics, String id) {
    return new RandomPolicies(random, semantics).rule(id);
  }

  private ReferencePolicy policy() {
    Map<String, String> staticRules = new LinkedHashMap<>();
    if (!strict) {
      RandomSessions.TOOLS.forEach(tool -> staticRules.put(tool, verdict()));
    } else if (random.nextInt(12) > 0) {
      staticRules.put("*", "ALLOW");
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      staticRules.put(toolOrGlob(), verdict());
    }
    List<Rule> rules = new ArrayList<>();
    for (int i = 1 + random.nextInt(10); i > 0; i--) {
      rules.add(rule("r" + i));
    }
    return new ReferencePolicy(semantics, toolClasses(), staticRules, limits(), rules);
  }

  private Map<String, List<String>> toolClasses() {
    Map<String, List<String>> toolClasses = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(7); i > 0; i--) {
      toolClasses.put(toolOrGlob(), some(CLASSES));
    }
    return toolClasses;
  }

  private String verdict() {
    return switch (random.nextInt(strict ? 14 : 11)) {
      case 0 -> "DENY";
      case 11, 12, 13 -> "REQUIRE_APPROVAL";
      default -> "ALLOW";
    };
  }

  private List<Limit> limits() {
    List<Limit> limits = new ArrayList<>();
    int count = strict ? Math.max(0, random.nextInt(7) - 3) : 0;
    for (int i = 1; i <= count; i++) {
      boolean again = !limits.isEmpty() && random.nextInt(3) == 0;
      limits.add(again ? likeTheLast(limits, i) : limit(i));
    }
    return limits;
  }

  private Limit limit(int i) {
    boolean sums = random.nextInt(3) == 0;
    return new Limit(
        "limit-" + i,
        random.nextInt(5) == 0 ? Selector.EVERY_CALL : selector(),
        sums ? pick(random, AMOUNTS) : List.of(),
        sums ? pick(random, TOTALS) : BigDecimal.valueOf(1 + random.nextInt(5)),
        pick(random, List.of(Period.values())),
        random.nextBoolean() ? Optional.of("enough: " + i) : Optional.empty());
  }

  /// Another limit on the same amount.
  private Limit likeTheLast(List<Limit> limits, int i) {
    Limit last = limits.getLast();
    BigDecimal max = BigDecimal.valueOf(1 + random.nextInt(5));
    return new Limit("limit-" + i, last.selector(), last.sum(), max, last.per(), last.error());
  }

  private Selector selector() {
    boolean byClass = random.nextInt(3) == 0;
    return new Selector(byClass, byClass ? pick(random, CLASSES) : toolOrGlob());
  }

  private Rule rule(String id) {
    Action action = action();
    Selector selector = selector();
    boolean mayMatchArguments = !selector.byClass();
    boolean blocksAtTheEnd =
        strict && (action == Action.BLOCK_CURRENT || action == Action.BLOCK_SECOND);
    boolean hasPattern = blocksAtTheEnd || random.nextInt(action.blocks() ? 2 : 6) == 0;
    boolean oftenWhen = !hasPattern && action == Action.BLOCK;
    boolean hasWhen = strict && (oftenWhen || random.nextInt(hasPattern ? 8 : 4) == 0);
    return new Rule(
        id,
        selector,
        action,
        action == Action.ADD_TAINT || action == Action.REMOVE_TAINT ? pick(random, TAGS) : "",
        action == Action.CHECK_TAINT ? some(TAGS) : List.of(),
        action == Action.CHECK_TAINT && strict && random.nextInt(3) == 0 ? some(TAGS) : List.of(),
        hasPattern ? Optional.of(pattern(blocksAtTheEnd, mayMatchArguments)) : Optional.empty(),
        hasWhen ? Optional.of(conditions.condition(2, mayMatchArguments)) : Optional.empty(),
        exceptions(mayMatchArguments),
        random.nextBoolean() ? Optional.of("not so: " + id) : Optional.empty());
  }

  private List<Condition> exceptions(boolean mayMatchArguments) {
    List<Condition> exceptions = new ArrayList<>();
    for (int i = Math.max(0, random.nextInt(6) - 3); i > 0; i--) {
      exceptions.add(conditions.condition(1, mayMatchArguments));
    }
    return exceptions;
  }

  private Action action() {
    return switch (random.nextInt(strict ? 14 : 12)) {
      case 0, 1, 2, 3 -> Action.ADD_TAINT;
      case 4 -> Action.REMOVE_TAINT;
      case 5, 6, 7 -> Action.CHECK_TAINT;
      case 8, 9 -> Action.BLOCK;
      case 10 -> Action.BLOCK_CURRENT;
      case 11 -> Action.BLOCK_SECOND;
      default -> Action.REQUIRE_APPROVAL;
    };
  }

  private Pattern pattern(boolean atTheEnd, boolean mayMatchArguments) {
    if (random.nextInt(4) == 0) {
      return new Logic(conditions.condition(2, mayMatchArguments));
    }
    return sequence(atTheEnd);
  }

  private Sequence sequence(boolean atTheEnd) {
    List<Selector> steps = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      steps.add(selector());
    }
    int atLeast = steps.size() - 1;
    return new Sequence(
        steps,
        random.nextBoolean()
            ? Optional.of(Math.max(1, atLeast + random.nextInt(6)))
            : Optional.empty(),
        strict && random.nextInt(3) == 0 ? Optional.of(1 + random.nextInt(4)) : Optional.empty(),
        strict && !atTheEnd && random.nextInt(4) == 0);
  }

  private String toolOrGlob() {
    return random.nextInt(strict ? 3 : 20) > 0 ? pick(random, EXACT) : pick(random, GLOBS);
  }

  private List<String> some(List<String> names) {
    Set<String> some = new LinkedHashSet<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      some.add(pick(random, names));
    }
    return List.copyOf(some);
  }
}
