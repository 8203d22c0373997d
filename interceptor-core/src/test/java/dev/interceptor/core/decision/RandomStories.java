package dev.interceptor.core.decision;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Random policies, as plain Java values that are also YAML (JSON), and random calls for them.
final class RandomStories {
  private static final List<String> TOOLS = List.of("a", "b", "c", "d", "up__a", "evil__b", "a*");
  private static final List<String> CLASSES = List.of("R", "W", "X");
  private static final List<String> TAGS = List.of("t1", "t2", "t3");

  private final Random random;

  RandomStories(long seed) {
    this.random = new Random(seed);
  }

  Map<String, Object> policy() {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("name", "random");
    Map<String, Object> classes = new LinkedHashMap<>();
    Map<String, Object> verdicts = new LinkedHashMap<>();
    for (String tool : TOOLS) {
      if (random.nextInt(3) > 0) {
        classes.put(tool, random.nextBoolean() ? List.of(any(CLASSES)) : List.of("R", "X"));
      }
      if (random.nextInt(5) > 0) {
        verdicts.put(tool, random.nextInt(6) > 0 ? "ALLOW" : "DENY");
      }
    }
    verdicts.put(random.nextBoolean() ? "*" : "c", "ALLOW");
    policy.put("tool_classes", classes);
    policy.put("static_rules", verdicts);
    policy.put("taint_rules", rules(random.nextInt(7)));
    return policy;
  }

  /// Everything is permitted and only sequences are told apart, so that histories grow long.
  Map<String, Object> sequencesOnly() {
    List<Object> rules = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      rules.add(
          Map.of(
              "id",
              "s" + i,
              "tool",
              "*",
              "action",
              "ADD_TAINT",
              "tag",
              "t" + i,
              "pattern",
              sequence(true)));
    }
    Map<String, Object> policy = policy();
    policy.put("static_rules", Map.of("*", "ALLOW"));
    policy.put("taint_rules", rules);
    return policy;
  }

  List<Object> rules(int count) {
    List<Object> rules = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rules.add(
          rule(
              any(
                  List.of(
                      "ADD_TAINT",
                      "ADD_TAINT",
                      "REMOVE_TAINT",
                      "CHECK_TAINT",
                      "BLOCK",
                      "BLOCK_CURRENT"))));
    }
    return rules;
  }

  Map<String, Object> rule(String action) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", "r" + random.nextInt(1_000_000_000));
    boolean byTool = random.nextBoolean();
    rule.put(byTool ? "tool" : "tool_class", byTool ? any(TOOLS) : any(CLASSES));
    rule.put("action", action);
    switch (action) {
      case "ADD_TAINT", "REMOVE_TAINT" -> rule.put("tag", any(TAGS));
      case "CHECK_TAINT" ->
          rule.put(
              random.nextBoolean() ? "forbidden_tags" : "required_tags",
              random.nextBoolean() ? List.of(any(TAGS)) : List.of("t1", "t3"));
      default -> {}
    }
    if (action.equals("BLOCK_CURRENT") || (action.startsWith("BLOCK") && random.nextInt(3) > 0)) {
      rule.put("pattern", pattern(action.equals("BLOCK")));
    } else if (random.nextInt(4) == 0) {
      rule.put("pattern", pattern(true));
    }
    if (random.nextInt(3) == 0) {
      rule.put("when", condition(2, byTool));
    }
    if (random.nextInt(3) == 0) {
      rule.put("exceptions", List.of(Map.of("when", condition(2, byTool))));
    }
    if (random.nextInt(3) == 0) {
      rule.put("error", "message " + random.nextInt(9));
    }
    return rule;
  }

  private Map<String, Object> pattern(boolean mayLieAnywhere) {
    if (random.nextInt(4) == 0) {
      return Map.of("type", "logic", "condition", condition(2, false));
    }
    return sequence(mayLieAnywhere);
  }

  private Map<String, Object> sequence(boolean mayLieAnywhere) {
    List<Object> steps = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      steps.add(random.nextBoolean() ? Map.of("tool", any(TOOLS)) : Map.of("class", any(CLASSES)));
    }
    Map<String, Object> pattern = new LinkedHashMap<>();
    pattern.put("type", "sequence");
    pattern.put("steps", steps);
    if (random.nextInt(3) > 0) {
      pattern.put("max_distance", Math.max(1, count - 1 + random.nextInt(4)));
    }
    if (mayLieAnywhere && random.nextInt(3) == 0) {
      pattern.put("anywhere", true);
    }
    return pattern;
  }

  private Object condition(int depth, boolean toolIsNamed) {
    int kind = random.nextInt(depth > 0 ? 11 : 8);
    return switch (kind) {
      case 0 -> Map.of("current_tool", any(TOOLS));
      case 1 -> Map.of("current_tool_class", any(CLASSES));
      case 2 -> Map.of("session_has_tool", any(TOOLS));
      case 3 -> Map.of("session_has_class", any(CLASSES));
      case 4 -> Map.of("session_has_taint", any(TAGS));
      case 5 ->
          toolIsNamed
              ? Map.of("tool_args_match", Map.of("x", any(List.of("p*", "*q", "p*pq", "pq"))))
              : "args.n > 3";
      case 6 -> "args.n > 3";
      case 7 -> "args.n == 2.0";
      case 8 -> Map.of("NOT", condition(depth - 1, toolIsNamed));
      case 9 ->
          Map.of(
              "AND", List.of(condition(depth - 1, toolIsNamed), condition(depth - 1, toolIsNamed)));
      default ->
          Map.of(
              "OR", List.of(condition(depth - 1, toolIsNamed), condition(depth - 1, toolIsNamed)));
    };
  }

  DecisionRequest request() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    if (random.nextInt(3) > 0) {
      arguments.put("n", any(List.<Object>of(1, 2, 3.5, 4, "5")));
    }
    if (random.nextInt(3) > 0) {
      arguments.put("x", any(List.of("pq", "p", "ppq", "pqpq", "q")));
    }
    var tool =
        new ToolRef(
            new UpstreamName(any(List.of("up", "evil"))),
            new ToolName(any(List.of("a", "b", "c", "d", "ab", "up__a"))));
    var json = (dev.interceptor.core.json.JsonObject) DecisionSuite.json(arguments);
    return new DecisionRequest(
        new Principal(new CustomerId("acme"), new ApiKeyId("alice001")),
        new SessionId("s"),
        new ToolCall(tool, Arguments.of(json)));
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /// Plain values as JSON text, which is YAML too.
  static String yaml(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> yaml(e.getKey()) + ": " + yaml(e.getValue()))
              .collect(java.util.stream.Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream()
              .map(RandomStories::yaml)
              .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
      case String text -> '"' + text + '"';
      default -> String.valueOf(value);
    };
  }
}
