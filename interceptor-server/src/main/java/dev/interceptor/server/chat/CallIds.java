package dev.interceptor.server.chat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// The ids of the calls of one answer, over all its choices: no two calls that leave share one.
final class CallIds {
  private final Set<String> used = new HashSet<>();

  /// @param said by the model, empty if it said none
  /// @return the same, or a new one where it is missing or another call left with it
  String of(String said) {
    return said.isEmpty() || used.contains(said)
        ? "call_" + UUID.randomUUID().toString().replace("-", "")
        : said;
  }

  /// A call leaves with this id.
  void use(String id) {
    used.add(id);
  }
}
