package dev.interceptor.core.json;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// An object with unique member names, in document order. Equality ignores the order, as JSON does.
public record JsonObject(Map<String, JsonValue> members) implements JsonValue {
  public static final JsonObject EMPTY = new JsonObject(Map.of());

  /// @throws IllegalArgumentException for a lone surrogate in a name
  public JsonObject {
    members = members instanceof OrderedMembers ? members : copied(members);
  }

  private static OrderedMembers copied(Map<String, JsonValue> members) {
    Map<String, JsonValue> copy = new LinkedHashMap<>();
    members.forEach((name, value) -> {
      JsonString.requireUnicode(name);
      copy.put(name, Objects.requireNonNull(value));
    });
    return new OrderedMembers(copy);
  }

  public boolean isEmpty() {
    return members.isEmpty();
  }

  public Optional<JsonValue> member(String name) {
    return Optional.ofNullable(members.get(name));
  }
}
