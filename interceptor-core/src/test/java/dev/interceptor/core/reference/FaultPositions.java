package dev.interceptor.core.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Every place of a policy where something that cannot be evaluated may stand, each with what its
/// rule comes to if the condition there is true, false or a fault.
final class FaultPositions {
  static final String PERMITS = "permit";
  static final String ADDS = "permit, adds t";
  static final String REMOVES = "permit, removes pii";

  private FaultPositions() {}

  /// A condition about the argument `x`, and values that make it true, false and impossible to say.
  record Atom(String text, String truth, String falsehood, List<String> faults) {}

  static final List<Atom> ATOMS =
      List.of(
          new Atom("args.x == 1", "1", "2", List.of("")),
          new Atom("args.x > 1", "2", "1", List.of("", "\"2\"", "null", "[2]", "true")),
          new Atom("args.x in [1, 3]", "3", "2", List.of("")),
          new Atom("\"a\" in args.x", "[\"a\"]", "[\"b\"]", List.of("", "1", "null", "\"a\"")),
          new Atom("args.x.y == 1", "{\"y\":1}", "{\"y\":2}", List.of("", "{}", "1", "\"y\"")),
          new Atom("has(args.x.y)", "{\"y\":1}", "{}", List.of("", "1", "null")),
          new Atom("(args.x || false)", "true", "false", List.of("", "1", "\"true\"", "null")),
          new Atom("size(args.x) > 1", "\"ab\"", "[1]", List.of("", "7", "true")),
          new Atom("args.x.startsWith(\"a\")", "\"ab\"", "\"b\"", List.of("", "1", "[\"a\"]")),
          new Atom("args.x[1] == 2", "[1,2]", "[2,1]", List.of("", "[2]", "{}", "2")),
          new Atom("args.x.matches(\"^a+$\")", "\"aa\"", "\"b\"", List.of("", "1", "{}")),
          new Atom("within(args.x, \"/srv\")", "\"/srv/a\"", "\"/etc\"", List.of("", "1")),
          new Atom(
              "host(args.x) == \"a.example\"",
              "\"http://a.example\"",
              "\"http://b.example\"",
              List.of("", "1", "\"a.example\"")),
          new Atom(
              "domain(args.x) == \"a.example\"",
              "\"x@a.example\"",
              "\"x@b.example\"",
              List.of("", "1", "\"@\"")),
          new Atom(
              "inCidr(args.x, \"10.0.0.0/8\")",
              "\"10.1.2.3\"",
              "\"11.1.2.3\"",
              List.of("", "1", "\"10.1\"")),
          new Atom(
              "isPrivate(args.x)",
              "\"http://10.1.2.3/\"",
              "\"http://8.8.8.8/\"",
              List.of("", "1", "\"//a\"")),
          new Atom("args.x.all(e, e == 1)", "[1]", "[2]", List.of("", "1", tooManyOnes())));

  /// What surrounds a condition without settling the answer.
  ///
  /// @param inverts whether the whole is true where the condition is false
  record Frame<T>(String name, UnaryOperator<T> around, boolean inverts) {}

  static List<Frame<Object>> objects(int depth) {
    Object truth = Map.of("current_tool", "act");
    Object falsehood = Map.of("current_tool", "other");
    return frames(
        depth,
        List.of(
            new Frame<>("AND[.,true]", it -> Map.of("AND", List.of(it, truth)), false),
            new Frame<>("AND[true,.]", it -> Map.of("AND", List.of(truth, it)), false),
            new Frame<>("OR[.,false]", it -> Map.of("OR", List.of(it, falsehood)), false),
            new Frame<>("OR[false,.]", it -> Map.of("OR", List.of(falsehood, it)), false),
            new Frame<>("NOT", it -> Map.of("NOT", it), true)));
  }

  static List<Frame<Object>> expressions(int depth) {
    String truth = "tool.name == \"act\"";
    String falsehood = "tool.name == \"other\"";
    return frames(
        depth,
        List.of(
            new Frame<>(". && true", it -> "(" + it + " && " + truth + ")", false),
            new Frame<>("true && .", it -> "(" + truth + " && " + it + ")", false),
            new Frame<>(". || false", it -> "(" + it + " || " + falsehood + ")", false),
            new Frame<>("false || .", it -> "(" + falsehood + " || " + it + ")", false),
            new Frame<>("? :", it -> "(" + it + " ? true : false)", false),
            new Frame<>("!", it -> "!(" + it + ")", true)));
  }

  private static <T> List<Frame<T>> frames(int depth, List<Frame<T>> operators) {
    List<Frame<T>> frames = new ArrayList<>(List.of(new Frame<>(".", it -> it, false)));
    int from = 0;
    for (int i = 0; i < depth; i++) {
      int to = frames.size();
      for (Frame<T> inner : List.copyOf(frames.subList(from, to))) {
        for (Frame<T> outer : operators) {
          frames.add(
              new Frame<>(
                  outer.name() + " " + inner.name(),
                  it -> outer.around().apply(inner.around().apply(it)),
                  outer.inverts() != inner.inverts()));
        }
      }
      from = to;
    }
    return frames;
  }

  /// A rule with a hole for a condition.
  ///
  /// @param rule keys of the rule, without its selector, around the condition
  record Hole(String name, Rule rule, String ifTrue, String ifFalse, String ifFault) {
    interface Rule {
      Map<String, Object> around(Object condition);
    }
  }

  static List<Hole> holes() {
    List<Hole> holes = new ArrayList<>();
    Map<String, Object> sequence =
        Map.of(
            "type", "sequence", "steps", List.of(Map.of("tool", "touch"), Map.of("tool", "act")));
    Map<String, Object> check = Map.of("action", "CHECK_TAINT", "forbidden_tags", List.of("pii"));
    Map<String, Object> checkAll = Map.of("action", "CHECK_TAINT", "required_tags", List.of("pii"));
    Map<String, Object> block = Map.of("action", "BLOCK");
    denying(holes, block, "RULE_BLOCKED");
    denying(holes, check, "TAINTED");
    denying(holes, checkAll, "TAINTED");
    denying(holes, Map.of("action", "REQUIRE_APPROVAL"), "APPROVAL_REQUIRED");
    for (String action : List.of("BLOCK", "BLOCK_CURRENT", "BLOCK_SECOND")) {
      Map<String, Object> after = Map.of("action", action, "pattern", sequence);
      when(holes, after, "SEQUENCE_BLOCKED", PERMITS, "EVALUATION_FAULT");
      exception(holes, after, PERMITS, "SEQUENCE_BLOCKED", "SEQUENCE_BLOCKED");
    }
    for (String action : List.of("BLOCK_CURRENT", "BLOCK_SECOND")) {
      logic(holes, Map.of("action", action), "RULE_BLOCKED", PERMITS, "EVALUATION_FAULT");
    }
    Map<String, Object> add = Map.of("action", "ADD_TAINT", "tag", "t");
    when(holes, add, ADDS, PERMITS, ADDS);
    logic(holes, add, ADDS, PERMITS, ADDS);
    exception(holes, add, PERMITS, ADDS, ADDS);
    Map<String, Object> remove = Map.of("action", "REMOVE_TAINT", "tag", "pii");
    when(holes, remove, REMOVES, PERMITS, PERMITS);
    logic(holes, remove, REMOVES, PERMITS, PERMITS);
    exception(holes, remove, PERMITS, REMOVES, PERMITS);
    return holes;
  }

  private static void denying(List<Hole> holes, Map<String, Object> rule, String reason) {
    when(holes, rule, reason, PERMITS, "EVALUATION_FAULT");
    logic(holes, rule, reason, PERMITS, "EVALUATION_FAULT");
    exception(holes, rule, PERMITS, reason, reason);
  }

  private static void when(
      List<Hole> holes, Map<String, Object> rule, String yes, String no, String fault) {
    holes.add(new Hole(rule + " when", it -> with(rule, "when", it), yes, no, fault));
  }

  private static void logic(
      List<Hole> holes, Map<String, Object> rule, String yes, String no, String fault) {
    holes.add(
        new Hole(
            rule + " pattern",
            it -> with(rule, "pattern", Map.of("type", "logic", "condition", it)),
            yes,
            no,
            fault));
  }

  /// Before, between and after exceptions that do not apply.
  private static void exception(
      List<Hole> holes, Map<String, Object> rule, String yes, String no, String fault) {
    Map<String, Object> never = Map.of("when", "tool.name == \"other\"");
    for (int before = 0; before < 3; before++) {
      int place = before;
      holes.add(
          new Hole(
              rule + " exception " + place,
              it -> {
                List<Object> exceptions = new ArrayList<>(List.of(never, never));
                exceptions.add(place, Map.of("when", it));
                return with(rule, "exceptions", exceptions);
              },
              yes,
              no,
              fault));
    }
  }

  private static Map<String, Object> with(Map<String, Object> rule, String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(rule);
    more.put(key, value);
    return more;
  }

  private static String tooManyOnes() {
    return "[" + "1,".repeat(1_500) + "1]";
  }
}
