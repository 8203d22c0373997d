package dev.interceptor.core.reference;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.reference.Story.Call;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Calls of few tools with few arguments, so that rules and sessions collide.
final class RandomSessions {
  static final List<String> UPSTREAMS = List.of("mail", "crm");
  static final List<String> TOOLS =
      List.of(
          "read",
          "read",
          "send",
          "send",
          "files_read",
          "files_write",
          "pay",
          "mail__send",
          "a/b.c",
          "__x",
          "Read");
  static final List<String> KEYS = List.of("a", "a", "b", "b", "to", "o", "we\"i'rd", "a.b", "é");
  static final List<String> TEXTS =
      List.of(
          "",
          "x",
          "aba",
          "abba",
          "ab/ba",
          "1",
          "true",
          "*",
          "bob@acme.example",
          "\ud835\udcb3a",
          "\u2028\"");
  private static final double[] NUMBERS = {
    0, -0.0, 1, 2, -1, 1.5, 0.1, 1.1, 2.0000001, 1000, 1000.01, 8.999e9, 9e9, 9.001e9, 9e15
  };

  static final List<String> ADDRESSES = List.of("10.1.2.3", "2001:db8::1", "");
  static final Instant START = Instant.parse("2026-02-28T22:58:00Z");
  private static final int[] PAUSES = {0, 0, 0, 0, 0, 1, 1, 1, 10, 20, 59, 600};

  private RandomSessions() {}

  static List<Call> calls(RandomGenerator random, int sessions, int count) {
    List<Call> calls = new ArrayList<>();
    Instant at = START;
    for (int i = 0; i < count; i++) {
      at = at.plusSeconds(PAUSES[random.nextInt(PAUSES.length)]);
      calls.add(
          new Call(
              random.nextInt(sessions),
              pick(random, UPSTREAMS),
              pick(random, TOOLS),
              object(random, 2),
              at,
              pick(random, ADDRESSES),
              random.nextInt(3) == 0,
              random.nextInt(5) > 0));
    }
    return calls;
  }

  static JsonValue value(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth > 0 ? 12 : 9)) {
      case 0, 1, 2, 3 -> number(random);
      case 4, 5, 6 -> text(random);
      case 7 -> JsonBoolean.of(random.nextBoolean());
      case 8 -> JsonNull.NULL;
      case 9 -> {
        List<JsonValue> elements = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          elements.add(value(random, depth - 1));
        }
        yield new JsonArray(elements);
      }
      default -> object(random, depth - 1);
    };
  }

  static JsonNumber number(RandomGenerator random) {
    return new JsonNumber(NUMBERS[random.nextInt(NUMBERS.length)]);
  }

  static JsonString text(RandomGenerator random) {
    return new JsonString(pick(random, TEXTS));
  }

  static JsonObject object(RandomGenerator random, int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      String key = pick(random, KEYS);
      members.put(
          key, key.equals("o") && depth > 0 ? object(random, depth - 1) : value(random, depth));
    }
    return new JsonObject(members);
  }

  static <T> T pick(RandomGenerator random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
