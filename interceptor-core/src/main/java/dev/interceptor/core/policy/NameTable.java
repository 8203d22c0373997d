package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Values by tool name, where an exact name and a glob may both cover a tool.
final class NameTable<V> {
  private final Map<String, V> qualified = new HashMap<>();
  private final Map<String, V> bare = new HashMap<>();
  private final Map<NamePattern, V> globs = new HashMap<>();

  NameTable(Map<NamePattern, V> entries) {
    entries.forEach((name, value) -> {
      if (!name.isExact()) {
        globs.put(name, value);
      } else if (name.qualified()) {
        qualified.put(name.text(), value);
      } else {
        bare.put(name.text(), value);
      }
    });
  }

  Optional<V> byQualifiedName(ToolRef tool) {
    return Optional.ofNullable(qualified.get(tool.qualified()));
  }

  Optional<V> byBareName(ToolRef tool) {
    return Optional.ofNullable(bare.get(tool.name().value()));
  }

  /// Everything that covers the tool, by the name that does.
  Map<NamePattern, V> covering(ToolRef tool) {
    Map<NamePattern, V> found = new LinkedHashMap<>();
    byQualifiedName(tool).ifPresent(value -> found.put(NamePattern.of(tool.qualified()), value));
    byBareName(tool).ifPresent(value -> found.put(NamePattern.of(tool.name().value()), value));
    globs.forEach((name, value) -> {
      if (name.matches(tool)) {
        found.put(name, value);
      }
    });
    return found;
  }

  /// The values of every glob that covers the tool, in no particular order.
  List<V> byGlob(ToolRef tool) {
    List<V> found = new ArrayList<>();
    globs.forEach((name, value) -> {
      if (name.matches(tool)) {
        found.add(value);
      }
    });
    return found;
  }
}
