package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import java.util.List;
import java.util.Optional;

/// Finds a value inside arguments.
final class Paths {
  private Paths() {}

  /// @param path names of members from the outside in
  static Optional<JsonValue> find(JsonObject arguments, List<String> path) {
    JsonValue at = arguments;
    for (int i = 0; i < path.size(); i++) {
      JsonValue next = at instanceof JsonObject object ? object.members().get(path.get(i)) : null;
      if (next == null) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(at);
  }
}
