package dev.interceptor.core.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `semantics: sentinel-v1` against the literal reading of what Sentinel did.
final class SentinelPropertiesTest {
  private static final List<String> TOOLS = List.of("a", "b", "c", "d");
  private static final List<String> CLASSES = List.of("R", "W");
  private static final List<String> TAGS = List.of("t1", "t2");
  private static final Principal ALICE =
      new Principal(new CustomerId("acme"), new ApiKeyId("alice001"));

  private final PolicyDecisionPoint pdp = new PolicyDecisionPoint();

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theEngineDecidesAsSentinelDid(long seed) {
    Random random = new Random(seed);
    for (int p = 0; p < 50; p++) {
      Map<String, Object> source = policy(random);
      PolicySet policies = Policies.parsed(PlainValues.yaml(source), "random");
      NaiveSentinel naive = new NaiveSentinel(source);
      SessionState state = SessionState.NEW;
      List<PastCall> log = new ArrayList<>();
      for (int c = 0; c < 60; c++) {
        DecisionRequest request = request(random);
        Decision decision = pdp.decide(request, policies, state);
        var wanted =
            naive.decide(request.call().tool().name().value(), request.call().arguments().value());
        assertThat(verdict(decision))
            .as("policy %s, call %d of %s", PlainValues.yaml(source), c, request.call().tool())
            .isEqualTo(wanted);
        if (decision instanceof Decision.Permit permit) {
          log.add(
              new PastCall(
                  permit.reserved().version(),
                  request.call().tool(),
                  policies.classes(request.call().tool()),
                  permit.added(),
                  permit.removed()));
          state = permit.reserved().without(permit.removed());
        }
      }
      assertThat(SessionReplay.replay(policies, new SessionPast(log, Map.of()))).isEqualTo(state);
    }
  }

  @Test
  void aSequenceThatAnEarlierPolicyLetPassClosesTheSessionInSentinelOnly() {
    String rules =
        "name: p\nstatic_rules: {a: ALLOW, b: ALLOW, c: ALLOW}\ntaint_rules:\n  - {id: done, tool: b,"
            + " action: BLOCK, pattern: {type: sequence, steps: [{tool: a}, {tool: b}]}}\n";
    PolicySet sentinel = Policies.parsed(rules + "semantics: sentinel-v1\n", "p");
    PolicySet strict = Policies.parsed(rules, "p");
    var past =
        new SessionPast(List.of(pastCall(1, "a"), pastCall(2, "b"), pastCall(3, "c")), Map.of());
    assertThat(pdp.decide(request("c"), sentinel, SessionReplay.replay(sentinel, past)))
        .isInstanceOf(Decision.Deny.class);
    assertThat(pdp.decide(request("c"), strict, SessionReplay.replay(strict, past)))
        .isInstanceOf(Decision.Permit.class);
  }

  @Test
  void waitingForAStepThatComesTooLateChangesTheSessionNoMore() {
    PolicySet policies =
        Policies.parsed(
            "name: p\nsemantics: sentinel-v1\nstatic_rules: {a: ALLOW, b: ALLOW, c: ALLOW}\n"
                + "taint_rules:\n  - {id: near, action: BLOCK, pattern: {type: sequence,"
                + " max_distance: 2, steps: [{tool: a}, {tool: b}]}}\n",
            "p");
    SessionState state = SessionState.NEW;
    for (String tool : List.of("a", "c", "c", "c")) {
      state = ((Decision.Permit) pdp.decide(request(tool), policies, state)).reserved();
    }
    SessionState settled = state;
    assertThat(((Decision.Permit) pdp.decide(request("c"), policies, settled)).reserved())
        .isSameAs(settled);
    // The late step begins everything again.
    state = ((Decision.Permit) pdp.decide(request("b"), policies, settled)).reserved();
    state = ((Decision.Permit) pdp.decide(request("a"), policies, state)).reserved();
    assertThat(pdp.decide(request("b"), policies, state)).isInstanceOf(Decision.Deny.class);
  }

  private static NaiveSentinel.Verdict verdict(Decision decision) {
    return switch (decision) {
      case Decision.Permit permit ->
          new NaiveSentinel.Verdict(
              true,
              "",
              permit.added().stream().map(Object::toString).collect(Collectors.toSet()),
              permit.removed().stream().map(Object::toString).collect(Collectors.toSet()));
      case Decision.Deny deny ->
          new NaiveSentinel.Verdict(
              false,
              deny.reason() == ReasonCode.TOOL_NOT_LISTED || deny.reason() == ReasonCode.TOOL_DENIED
                  ? ""
                  : deny.determining().getFirst().value(),
              Set.of(),
              Set.of());
      case Decision.RequireApproval wait -> throw new AssertionError(wait);
    };
  }

  private static PastCall pastCall(long version, String tool) {
    return new PastCall(version, tool(tool), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
  }

  private static ToolRef tool(String name) {
    return new ToolRef(new UpstreamName("demo"), new ToolName(name));
  }

  private static DecisionRequest request(Random random) {
    JsonObject arguments =
        random.nextBoolean()
            ? JsonObject.EMPTY
            : (JsonObject) PlainValues.json(Map.of("x", any(random, List.of("p", "q"))));
    return request(any(random, TOOLS), arguments);
  }

  private static DecisionRequest request(String tool) {
    return request(tool, JsonObject.EMPTY);
  }

  private static DecisionRequest request(String tool, JsonObject arguments) {
    return new DecisionRequest(
        ALICE,
        new SessionId("s"),
        new ToolCall(tool(tool), Arguments.of(arguments)),
        new CallContext(Instant.parse("2026-11-23T12:00:00Z"), Optional.empty()));
  }

  private static Map<String, Object> policy(Random random) {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("name", "random");
    policy.put("semantics", "sentinel-v1");
    policy.put(
        "static_rules",
        Map.of(
            "a",
            "ALLOW",
            "b",
            "ALLOW",
            "c",
            "ALLOW",
            "d",
            random.nextBoolean() ? "ALLOW" : "DENY"));
    policy.put(
        "tool_classes", Map.of("a", List.of("R"), "b", List.of("R", "W"), "c", List.of("W")));
    List<Object> rules = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      rules.add(rule(random, "r" + i));
    }
    policy.put("taint_rules", rules);
    return policy;
  }

  private static Map<String, Object> rule(Random random, String id) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", id);
    if (random.nextBoolean()) {
      rule.put("tool", any(random, TOOLS));
    } else {
      rule.put("tool_class", any(random, CLASSES));
    }
    boolean byTool = rule.containsKey("tool");
    String action =
        any(
            random,
            List.of("ADD_TAINT", "REMOVE_TAINT", "CHECK_TAINT", "BLOCK", "BLOCK", "BLOCK_SECOND"));
    rule.put("action", action);
    switch (action) {
      case "ADD_TAINT", "REMOVE_TAINT" -> rule.put("tag", any(random, TAGS));
      case "CHECK_TAINT" -> rule.put("forbidden_tags", random.nextBoolean() ? TAGS : List.of("t1"));
      default -> {}
    }
    if (random.nextInt(action.startsWith("BLOCK") ? 8 : 4) > 0 == action.startsWith("BLOCK")) {
      rule.put("pattern", pattern(random, byTool));
    }
    if (random.nextInt(3) == 0) {
      rule.put("exceptions", List.of(Map.of("when", condition(random, 2, byTool))));
    }
    return rule;
  }

  private static Map<String, Object> pattern(Random random, boolean byTool) {
    if (random.nextInt(3) == 0) {
      return Map.of("type", "logic", "condition", condition(random, 2, byTool));
    }
    List<Object> steps = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      steps.add(
          random.nextBoolean()
              ? Map.of("tool", any(random, TOOLS))
              : Map.of("class", any(random, CLASSES)));
    }
    Map<String, Object> pattern = new LinkedHashMap<>(Map.of("type", "sequence", "steps", steps));
    if (random.nextInt(4) > 0) {
      pattern.put("max_distance", random.nextInt(6));
    }
    return pattern;
  }

  private static Map<String, Object> condition(Random random, int depth, boolean byTool) {
    return switch (random.nextInt(depth > 0 ? 10 : 6)) {
      case 0 -> Map.of("current_tool", any(random, TOOLS));
      case 1 -> Map.of("current_tool_class", any(random, CLASSES));
      case 2 -> Map.of("session_has_tool", any(random, TOOLS));
      case 3 -> Map.of("session_has_class", any(random, CLASSES), "session_has_taint", "t1");
      case 4 -> Map.of("session_has_taint", any(random, TAGS));
      case 5 ->
          byTool
              ? Map.of("tool_args_match", Map.of("x", "p"))
              : Map.of("session_has_taint", any(random, TAGS));
      case 6 -> Map.of("NOT", condition(random, depth - 1, byTool), "current_tool", "a");
      case 7, 8 ->
          Map.of(
              "AND",
              List.of(condition(random, depth - 1, byTool), condition(random, depth - 1, byTool)));
      default ->
          Map.of(
              "OR",
              List.of(condition(random, depth - 1, byTool), condition(random, depth - 1, byTool)));
    };
  }

  private static <T> T any(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
