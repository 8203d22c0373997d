package dev.interceptor.core.decision;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Maps, lists and scalars as JSON and as text.
final class PlainValues {
  private PlainValues() {}

  static JsonValue json(Object value) {
    return switch (value) {
      case String text -> new JsonString(text);
      case Boolean truth -> JsonBoolean.of(truth);
      case Number number -> new JsonNumber(number.doubleValue());
      case List<?> list -> new JsonArray(list.stream().map(PlainValues::json).toList());
      case Map<?, ?> map -> {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        map.forEach((name, member) -> members.put((String) name, json(member)));
        yield new JsonObject(members);
      }
      default -> throw new IllegalArgumentException("not expected here: " + value);
    };
  }

  /// Plain values as JSON text, which is YAML too.
  static String yaml(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> yaml(e.getKey()) + ": " + yaml(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream().map(PlainValues::yaml).collect(Collectors.joining(", ", "[", "]"));
      case String text -> '"' + text + '"';
      default -> String.valueOf(value);
    };
  }
}
