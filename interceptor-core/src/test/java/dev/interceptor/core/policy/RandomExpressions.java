package dev.interceptor.core.policy;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Expressions over few names and values, so that they often hold, often fail and often do not.
final class RandomExpressions {
  private static final List<String> NAMES = List.of("a", "b", "c", "list", "map");
  private static final List<String> LITERALS =
      List.of(
          "1",
          "2",
          "1.0",
          "2.5",
          "-1",
          "0",
          "-0.0",
          "9007199254740993",
          "1e300",
          "true",
          "false",
          "null",
          "'x'",
          "'xy'",
          "''",
          "'https://good.example/'",
          "'10.0.0.1'",
          "'/home/demo/x'",
          "'\\U0001F600'",
          "'\\uFFFF'",
          "[1, 2]",
          "['x', 'xy', 1, null]",
          "[]",
          "[true, [1]]");
  private static final List<JsonValue> VALUES =
      List.of(
          new JsonNumber(1),
          new JsonNumber(2.5),
          new JsonNumber(-1),
          new JsonNumber(0),
          new JsonNumber(9007199254740992.0),
          JsonBoolean.of(true),
          JsonBoolean.of(false),
          JsonNull.NULL,
          new JsonString("x"),
          new JsonString("xy"),
          new JsonString(""),
          new JsonString("https://good.example/"),
          new JsonString("a@good.example"),
          new JsonString("10.0.0.1"),
          new JsonString("/home/demo/x"),
          new JsonString("\ud83d\ude00"),
          new JsonString("\uffff"));

  static final PolicySet POLICY =
      switch (PolicyParser.parse(
          "{name: t, static_rules: {t: ALLOW}, tool_classes: {t: [x, SAFE_READ]}}", "t")) {
        case PolicyParser.Result.Parsed parsed -> parsed.only();
        case PolicyParser.Result.Rejected rejected ->
            throw new IllegalStateException(rejected.toString());
      };

  private final Random random;
  private int loops;

  RandomExpressions(long seed) {
    this.random = new Random(seed);
  }

  String expression() {
    loops = 0;
    return bool(3);
  }

  private String bool(int depth) {
    if (depth == 0) {
      return random.nextInt(4) == 0 ? place() : comparison();
    }
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> "(" + bool(depth - 1) + " && " + bool(depth - 1) + ")";
      case 3, 4, 5 -> "(" + bool(depth - 1) + " || " + bool(depth - 1) + ")";
      case 6 -> "!(" + bool(depth - 1) + ")";
      case 7 -> "(" + bool(depth - 1) + " ? " + bool(0) + " : " + bool(depth - 1) + ")";
      case 8, 9 -> loop(depth);
      default -> comparison();
    };
  }

  private String loop(int depth) {
    String range = random.nextInt(4) == 0 ? any(LITERALS) : place();
    String name = "v" + loops++;
    String test = bool(depth - 1);
    loops--;
    String macro = random.nextInt(8) == 0 ? "exists_one" : random.nextBoolean() ? "all" : "exists";
    return range + "." + macro + "(" + name + ", " + test + ")";
  }

  private String comparison() {
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> value() + any(List.of(" == ", " != ")) + value();
      case 3, 4, 5 -> value() + any(List.of(" < ", " <= ", " > ", " >= ")) + value();
      case 6, 7 -> value() + " in " + (random.nextBoolean() ? any(LITERALS) : value());
      case 8 -> "has(" + place() + "." + any(NAMES) + ")";
      case 9 -> value() + any(List.of(".contains(", ".startsWith(", ".endsWith(")) + value() + ")";
      case 10 ->
          value() + ".matches('^" + any(List.of("x", "(x|y)*", "https?:", "[0-9.]+")) + "$')";
      case 11 -> "isPrivate(" + value() + ")";
      case 12 -> "inCidr(" + value() + ", '10.0.0.0/8')";
      default -> "within(" + value() + ", '/home/demo')";
    };
  }

  private String value() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> any(LITERALS);
      case 2 -> "size(" + place() + ")";
      case 3 -> any(List.of("host(", "domain(")) + place() + ")";
      case 4 -> place() + any(List.of("[0]", "[1]", "[-1]", "['a']", "['']"));
      case 5 ->
          any(
              List.of(
                  "tool.name",
                  "tool.classes",
                  "session.taints",
                  "session.calls",
                  "request.ip",
                  "principal.customer",
                  "principal.key",
                  "args"));
      default -> place();
    };
  }

  private String place() {
    if (loops > 0 && random.nextBoolean()) {
      return "v" + random.nextInt(loops) + (random.nextInt(4) == 0 ? "." + any(NAMES) : "");
    }
    return "args." + any(NAMES) + (random.nextInt(4) == 0 ? "." + any(NAMES) : "");
  }

  Situation situation() {
    var tool = new ToolRef(new UpstreamName("u"), new ToolName("t"));
    return new Situation(
        new ToolCall(tool, Arguments.of(object(3))),
        POLICY.plan(tool),
        new Principal(new CustomerId("x"), new ApiKeyId("alice001")),
        SessionState.NEW,
        new CallContext(
            Instant.EPOCH, random.nextBoolean() ? Optional.of("10.0.0.1") : Optional.empty()));
  }

  private JsonObject object(int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(5) > 0) {
        members.put(
            name,
            switch (name) {
              case "list" -> json(depth - 1, 0);
              case "map" -> json(depth - 1, 1);
              default -> json(depth - 1, random.nextInt(6));
            });
      }
    }
    return new JsonObject(members);
  }

  private JsonValue json(int depth, int kind) {
    if (depth <= 0 || kind > 1 || random.nextInt(8) == 0) {
      return any(VALUES);
    }
    return kind == 1 ? object(depth) : new JsonArray(elements(depth));
  }

  /// Seldom so many that two loops over them use up the iterations.
  private List<JsonValue> elements(int depth) {
    if (random.nextInt(20) == 0) {
      JsonValue many = any(VALUES);
      return Collections.nCopies(20 + random.nextInt(1_100), many);
    }
    return random.ints(random.nextInt(4), 0, 6).mapToObj(kind -> json(depth - 1, kind)).toList();
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
