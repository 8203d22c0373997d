package dev.interceptor.core.reference;

import static dev.interceptor.core.reference.RandomSessions.pick;

import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.reference.ReferencePolicy.Cel;
import dev.interceptor.core.reference.ReferencePolicy.Condition;
import dev.interceptor.core.reference.ReferencePolicy.Expression;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Conditions of both forms, nested, about the arguments of [RandomSessions].
final class RandomConditions {
  private static final List<String> NAMES =
      List.of("read", "send", "pay", "mail__send", "crm__send", "files_read", "__x");
  private static final List<List<String>> PATHS =
      List.of(
          List.of("a"),
          List.of("a"),
          List.of("b"),
          List.of("b"),
          List.of("to"),
          List.of("o"),
          List.of("o", "a"),
          List.of("o", "b"),
          List.of("a", "b"),
          List.of("we\"i'rd"));
  private static final List<String> GLOBS =
      List.of("*", "ab*ba", "a*", "*a", "*@acme.example", "a*b*a", "**", "x", "", "1", "*\"");

  private final RandomGenerator random;
  private final boolean expressions;

  RandomConditions(RandomGenerator random, Semantics semantics) {
    this.random = random;
    this.expressions = semantics == Semantics.STRICT;
  }

  Condition condition(int depth, boolean mayMatchArguments) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return switch (random.nextInt(3)) {
        case 0 -> new ReferencePolicy.And(conditions(depth - 1, mayMatchArguments));
        case 1 -> new ReferencePolicy.Or(conditions(depth - 1, mayMatchArguments));
        default -> new ReferencePolicy.Not(condition(depth - 1, mayMatchArguments));
      };
    }
    if (expressions && random.nextBoolean()) {
      return new Cel(expression(2));
    }
    return switch (random.nextInt(mayMatchArguments ? 8 : 5)) {
      case 0 -> new ReferencePolicy.CurrentTool(pick(random, NAMES));
      case 1 -> new ReferencePolicy.CurrentClass(pick(random, RandomPolicies.CLASSES));
      case 2 -> new ReferencePolicy.SessionHasTool(pick(random, NAMES));
      case 3 -> new ReferencePolicy.SessionHasClass(pick(random, RandomPolicies.CLASSES));
      case 4 -> new ReferencePolicy.SessionHasTaint(pick(random, RandomPolicies.TAGS));
      default -> match();
    };
  }

  private List<Condition> conditions(int depth, boolean mayMatchArguments) {
    List<Condition> conditions = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      conditions.add(condition(depth, mayMatchArguments));
    }
    return conditions;
  }

  private Condition match() {
    Map<String, JsonValue> wanted = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      wanted.put(
          String.join(".", pick(random, PATHS)),
          random.nextBoolean()
              ? new JsonString(pick(random, GLOBS))
              : RandomSessions.value(random, 1));
    }
    return new ReferencePolicy.ArgsMatch(wanted);
  }

  private Expression expression(int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      Expression left = expression(depth - 1);
      return switch (random.nextInt(3)) {
        case 0 -> new ReferencePolicy.Both(left, expression(depth - 1));
        case 1 -> new ReferencePolicy.Either(left, expression(depth - 1));
        default -> new ReferencePolicy.Negated(left);
      };
    }
    List<String> path = pick(random, PATHS);
    return switch (random.nextInt(17)) {
      case 0, 1 -> new ReferencePolicy.Compared(path, order(), RandomSessions.number(random));
      case 2 -> new ReferencePolicy.Compared(path, order(), RandomSessions.text(random));
      case 3, 4, 5 ->
          new ReferencePolicy.Compared(
              path, random.nextBoolean() ? "==" : "!=", RandomSessions.value(random, 0));
      case 6 -> new ReferencePolicy.Among(path, literals());
      case 7 -> new ReferencePolicy.Contained(RandomSessions.text(random), path);
      case 8 ->
          path.getLast().matches("[a-z]+")
              ? new ReferencePolicy.Given(path)
              : new ReferencePolicy.Given(List.of("a"));
      case 9 -> new ReferencePolicy.Sized(path, order(), random.nextInt(4));
      case 10 -> new ReferencePolicy.Begins(path, random.nextBoolean() ? "a" : "");
      case 11 -> new ReferencePolicy.Tainted(pick(random, RandomPolicies.TAGS));
      case 12 -> new ReferencePolicy.OfClass(pick(random, RandomPolicies.CLASSES));
      case 13 -> new ReferencePolicy.Calls(order(), random.nextInt(10));
      case 14 -> about(random.nextInt(3));
      default ->
          random.nextBoolean()
              ? new ReferencePolicy.ToolNamed(pick(random, NAMES))
              : new ReferencePolicy.OfCustomer(random.nextBoolean() ? "acme" : "other");
    };
  }

  private Expression about(int what) {
    return switch (what) {
      case 0 ->
          new ReferencePolicy.Now(order(), RandomSessions.START.plusSeconds(random.nextInt(3_600)));
      case 1 -> new ReferencePolicy.EvenMinute();
      default -> new ReferencePolicy.From(pick(random, List.of("10.1.2.3", "2001:db8::1")));
    };
  }

  private List<JsonValue> literals() {
    List<JsonValue> literals = new ArrayList<>();
    boolean numbers = random.nextBoolean();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      literals.add(numbers ? new JsonNumber(random.nextInt(4) / 2.0) : RandomSessions.text(random));
    }
    return literals;
  }

  private String order() {
    return pick(random, List.of("<", "<=", ">", ">="));
  }
}
