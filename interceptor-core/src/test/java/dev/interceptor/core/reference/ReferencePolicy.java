package dev.interceptor.core.reference;

import dev.interceptor.core.json.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A policy as plain values. The engine never sees it, only its text.
record ReferencePolicy(
    Semantics semantics,
    Map<String, List<String>> toolClasses,
    Map<String, String> staticRules,
    List<Limit> limits,
    List<Rule> rules) {

  enum Semantics {
    STRICT("strict"),
    SENTINEL_V1("sentinel-v1");

    final String word;

    Semantics(String word) {
      this.word = word;
    }
  }

  enum Action {
    ADD_TAINT,
    REMOVE_TAINT,
    CHECK_TAINT,
    BLOCK,
    BLOCK_CURRENT,
    BLOCK_SECOND,
    REQUIRE_APPROVAL;

    boolean blocks() {
      return this == BLOCK || this == BLOCK_CURRENT || this == BLOCK_SECOND;
    }

    boolean denies() {
      return blocks() || this == CHECK_TAINT || this == REQUIRE_APPROVAL;
    }
  }

  /// A tool's name or a class.
  record Selector(boolean byClass, String name) {
    /// Of a limit on all calls: it says neither.
    static final Selector EVERY_CALL = new Selector(false, "");
  }

  /// @param sum path of the argument that is added up; empty where calls are counted
  record Limit(
      String id,
      Selector selector,
      List<String> sum,
      BigDecimal max,
      Period per,
      Optional<String> error) {
    Limit named(String newId) {
      return new Limit(newId, selector, sum, max, per, error);
    }
  }

  enum Period {
    SESSION(0),
    MINUTE(60),
    HOUR(3_600),
    DAY(86_400);

    final long seconds;

    Period(long seconds) {
      this.seconds = seconds;
    }
  }

  /// @param tag empty where the action has none
  record Rule(
      String id,
      Selector selector,
      Action action,
      String tag,
      List<String> forbidden,
      List<String> required,
      Optional<Pattern> pattern,
      Optional<Condition> when,
      List<Condition> exceptions,
      Optional<String> error) {

    Rule checking(List<String> newForbidden, List<String> newRequired) {
      return new Rule(
          id, selector, action, tag, newForbidden, newRequired, pattern, when, exceptions, error);
    }

    static Rule adding(String id, Selector selector, String tag, Pattern pattern) {
      return new Rule(
          id,
          selector,
          Action.ADD_TAINT,
          tag,
          List.of(),
          List.of(),
          Optional.of(pattern),
          Optional.empty(),
          List.of(),
          Optional.empty());
    }

    Rule named(String newId) {
      return new Rule(
          newId, selector, action, tag, forbidden, required, pattern, when, exceptions, error);
    }
  }

  sealed interface Pattern {}

  record Sequence(
      List<Selector> steps,
      Optional<Integer> maxDistance,
      Optional<Integer> maxGap,
      boolean anywhere)
      implements Pattern {}

  record Logic(Condition condition) implements Pattern {}

  sealed interface Condition {}

  record And(List<Condition> parts) implements Condition {}

  record Or(List<Condition> parts) implements Condition {}

  record Not(Condition part) implements Condition {}

  record CurrentTool(String name) implements Condition {}

  record CurrentClass(String name) implements Condition {}

  record SessionHasTool(String name) implements Condition {}

  record SessionHasClass(String name) implements Condition {}

  record SessionHasTaint(String tag) implements Condition {}

  record ArgsMatch(Map<String, JsonValue> wanted) implements Condition {}

  /// A condition in CEL.
  record Cel(Expression expression) implements Condition {}

  sealed interface Expression {}

  record Both(Expression left, Expression right) implements Expression {}

  record Either(Expression left, Expression right) implements Expression {}

  record Negated(Expression part) implements Expression {}

  record Compared(List<String> path, String operator, JsonValue literal) implements Expression {}

  record Among(List<String> path, List<JsonValue> literals) implements Expression {}

  /// `literal in args.path`.
  record Contained(JsonValue literal, List<String> path) implements Expression {}

  record Given(List<String> path) implements Expression {}

  record Flag(List<String> path) implements Expression {}

  record Sized(List<String> path, String operator, int size) implements Expression {}

  record Begins(List<String> path, String prefix) implements Expression {}

  record Tainted(String tag) implements Expression {}

  record OfClass(String name) implements Expression {}

  record ToolNamed(String name) implements Expression {}

  record Calls(String operator, int count) implements Expression {}

  record Now(String operator, Instant instant) implements Expression {}

  record EvenMinute() implements Expression {}

  record From(String address) implements Expression {}

  record OfCustomer(String name) implements Expression {}

  ReferencePolicy with(List<Rule> newRules) {
    return new ReferencePolicy(semantics, toolClasses, staticRules, limits, newRules);
  }

  ReferencePolicy withStatic(Map<String, String> newStatic) {
    return new ReferencePolicy(semantics, toolClasses, newStatic, limits, rules);
  }

  ReferencePolicy withLimits(List<Limit> newLimits) {
    return new ReferencePolicy(semantics, toolClasses, staticRules, newLimits, rules);
  }
}
