package dev.interceptor.server.guard;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.policy.Detection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Replaces what detectors find in JSON: in texts, in members' names, and in numbers long enough to
/// be one.
///
/// *Guarantees*: a text that cannot be looked at is replaced as a whole. *Does not*: find what is
/// spread over several values. Recursive: for values of bounded depth.
public final class JsonScreen {
  private static final int SHORTEST_NUMBER = 4;

  private final Detectors detectors;
  private final Set<Detection> kinds;

  /// @param kinds what to replace; at least one
  public JsonScreen(Detectors detectors, Set<Detection> kinds) {
    this.detectors = detectors;
    this.kinds = EnumSet.copyOf(kinds);
  }

  /// Names that become the same are told apart by underscores at their ends.
  public JsonObject screened(JsonObject object) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    object
        .members()
        .forEach((name, value) -> {
          String shown = text("", name);
          while (members.containsKey(shown)) {
            shown += "_";
          }
          members.put(shown, value(name, value));
        });
    return new JsonObject(members);
  }

  /// @param name of the member that holds the value, or the array that it stands in
  private JsonValue value(String name, JsonValue value) {
    return switch (value) {
      case JsonObject object -> screened(object);
      case JsonArray array -> {
        List<JsonValue> elements = new ArrayList<>(array.elements().size());
        array.elements().forEach(element -> elements.add(value(name, element)));
        yield new JsonArray(elements);
      }
      case JsonString string -> new JsonString(text(name, string.value()));
      case JsonNumber number -> number(name, number);
      case JsonBoolean _, JsonNull _ -> value;
    };
  }

  private JsonValue number(String name, JsonNumber number) {
    String digits = new String(CanonicalJson.bytes(number), StandardCharsets.US_ASCII);
    if (digits.length() < SHORTEST_NUMBER) {
      return number;
    }
    String shown = text(name, digits);
    return shown.equals(digits) ? number : new JsonString(shown);
  }

  private String text(String name, String value) {
    try {
      return Redaction.redacted(value, detectors.find(name, value, kinds));
    } catch (RuntimeException _) {
      return Redaction.placeholder(kinds);
    }
  }
}
