package dev.interceptor.server.chat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The calls that a request says were made so far, by id and by name, the newest of each.
final class ToolCalls {
  private final Map<String, Call> byId = new HashMap<>();
  private final Map<String, Call> byName = new HashMap<>();

  /// @param arguments JSON text of a function, text of a custom tool
  record Call(String name, String arguments) {}

  void add(String id, String name, String arguments) {
    Call call = new Call(name, arguments);
    if (!id.isEmpty()) {
      byId.put(id, call);
    }
    byName.put(name, call);
  }

  Optional<Call> withId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<Call> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
