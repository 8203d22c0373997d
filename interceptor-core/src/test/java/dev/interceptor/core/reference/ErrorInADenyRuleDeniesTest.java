package dev.interceptor.core.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.reference.FaultPositions.Atom;
import dev.interceptor.core.reference.FaultPositions.Frame;
import dev.interceptor.core.reference.FaultPositions.Hole;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.session.SessionState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A fault at any position of any kind of rule, anywhere in the file, is decided for the safe side.
///
/// Each position is its own control: with the condition true and false the answers differ, so the
/// fault stands where it decides.
class ErrorInADenyRuleDeniesTest {
  private static final List<Map<String, Object>> SELECTORS =
      List.of(Map.of("tool", "act"), Map.of("tool", "*ct"), Map.of("tool_class", "DEEDS"));

  /// Rules that hold for nothing, or only add a tag.
  private static final List<Map<String, Object>> NEIGHBOURS =
      List.of(
          Map.of("tool", "act", "action", "BLOCK", "when", "tool.name == \"other\""),
          Map.of("tool", "*", "action", "CHECK_TAINT", "forbidden_tags", List.of("never")),
          Map.of("tool", "act", "action", "ADD_TAINT", "tag", "u", "when", "args.absent == 1"));

  private int positions;

  @Test
  void inEveryFrameOfEveryRuleKind() {
    Atom atom = FaultPositions.ATOMS.get(0);
    for (Hole hole : FaultPositions.holes()) {
      for (Frame<Object> frame : FaultPositions.objects(2)) {
        check(atom, frame, hole, SELECTORS.getFirst(), 1);
      }
      for (Frame<Object> frame : FaultPositions.expressions(1)) {
        check(atom, frame, hole, SELECTORS.getFirst(), 1);
      }
    }
    Hole first = FaultPositions.holes().getFirst();
    for (Frame<Object> frame : FaultPositions.expressions(3)) {
      check(atom, frame, first, SELECTORS.getFirst(), 1);
    }
    System.out.printf("%,d positions by frame and rule kind%n", positions);
    assertThat(positions).isGreaterThan(1_500);
  }

  @Test
  void ofEveryKindOfFaultAtEveryPlaceOfTheFile() {
    Frame<Object> bare = FaultPositions.objects(0).getFirst();
    for (Hole hole : FaultPositions.holes()) {
      for (Atom atom : FaultPositions.ATOMS) {
        check(atom, bare, hole, SELECTORS.getFirst(), 1);
      }
      for (Map<String, Object> selector : SELECTORS) {
        for (int place = 0; place <= NEIGHBOURS.size(); place++) {
          check(FaultPositions.ATOMS.get(1), bare, hole, selector, place);
        }
      }
    }
    System.out.printf("%,d positions by fault, selector and place%n", positions);
    assertThat(positions).isGreaterThan(1_000);
  }

  @Test
  void inTheSumOfEveryLimit() {
    for (String per : List.of("session", "minute", "hour", "day")) {
      for (Map<String, Object> selector : SELECTORS) {
        for (int place = 0; place <= 2; place++) {
          String policy = limited(selector, per, place);
          var engine = new Engine(policy);
          assertThat(answer(engine, "1", false)).isEqualTo(FaultPositions.PERMITS);
          assertThat(answer(engine, "6", false)).isEqualTo("LIMIT_EXCEEDED");
          for (String fault : List.of("", "\"1\"", "null", "true", "-1", "-1e-7", "[1]", "{}")) {
            positions++;
            for (boolean approved : new boolean[] {false, true}) {
              assertThat(answer(engine, fault, approved))
                  .as("%s with x = %s", policy, fault)
                  .isEqualTo("EVALUATION_FAULT");
            }
          }
        }
      }
    }
    System.out.printf("%,d positions in limits%n", positions);
  }

  private void check(
      Atom atom, Frame<Object> frame, Hole hole, Map<String, Object> selector, int place) {
    Map<String, Object> rule = new LinkedHashMap<>(selector);
    rule.putAll(hole.rule().around(frame.around().apply(atom.text())));
    List<Object> rules = new ArrayList<>(NEIGHBOURS);
    rules.add(place, rule);
    String policy = policy(Map.of("taint_rules", PolicyText.json(rules)));
    var engine = new Engine(policy);
    boolean inverts = frame.inverts();
    String where = hole.name() + ": " + frame.name() + ": " + policy;
    assertThat(answer(engine, inverts ? atom.falsehood() : atom.truth(), false))
        .as(where)
        .isEqualTo(hole.ifTrue());
    assertThat(answer(engine, inverts ? atom.truth() : atom.falsehood(), false))
        .as(where)
        .isEqualTo(hole.ifFalse());
    for (String fault : atom.faults()) {
      positions++;
      assertThat(answer(engine, fault, false))
          .as("%s with x = %s", where, fault)
          .isEqualTo(hole.ifFault());
      if (hole.ifFault().equals("EVALUATION_FAULT")) {
        assertThat(answer(engine, fault, true)).as(where).isEqualTo(hole.ifFault());
      }
    }
  }

  private static String limited(Map<String, Object> selector, String per, int place) {
    Map<String, Object> sums = new LinkedHashMap<>(selector);
    sums.putAll(Map.of("sum", "args.x", "max", 5, "per", per));
    List<Object> limits = new ArrayList<>();
    for (String tool : List.of("act", "other")) {
      limits.add(Map.of("tool", tool, "max_calls", 1, "per", "day"));
    }
    limits.add(place, sums);
    return policy(Map.of("limits", PolicyText.json(limits)));
  }

  private static String policy(Map<String, String> parts) {
    var text =
        new StringBuilder(
            "name: faults\ntool_classes: {act: [DEEDS]}\nstatic_rules: {touch: ALLOW, act: ALLOW}\n");
    parts.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    return text.toString();
  }

  /// What the call `act` is answered in a session that carries `pii` and has called `touch`.
  ///
  /// @param x the argument as JSON, none if empty
  private static String answer(Engine engine, String x, boolean approved) {
    Map<String, Long> used = new HashMap<>();
    Call touch = call("touch", "{}", false);
    Decision touched = engine.decide(touch, SessionState.NEW, used);
    SessionState state =
        Engine.tainted(Engine.after(touch, touched, SessionState.NEW, used), "pii");
    Call act = call("act", x.isEmpty() ? "{}" : "{\"x\":" + x + "}", approved);
    Answer answer = Engine.answer(engine.decide(act, state, used));
    if (!answer.permits()) {
      return answer.reason();
    }
    return answer.added().contains("t")
        ? FaultPositions.ADDS
        : answer.removed().contains("pii") ? FaultPositions.REMOVES : FaultPositions.PERMITS;
  }

  private static Call call(String tool, String args, boolean approved) {
    return new Call(0, "mail", tool, object(args), Instant.EPOCH, "", approved, true);
  }

  private static JsonObject object(String json) {
    try {
      return StrictJson.parseObject(json.getBytes(UTF_8), JsonLimits.DEFAULT);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
