package dev.interceptor.core.json;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The members of an object: never changes, keeps document order, and lets an object share them
/// instead of copying.
final class OrderedMembers extends AbstractMap<String, JsonValue> {
  private final Map<String, JsonValue> members;

  /// @param members ordered and complete, and from here on no one else's
  OrderedMembers(Map<String, JsonValue> members) {
    this.members = Collections.unmodifiableMap(members);
  }

  @Override
  public @Nullable JsonValue get(@Nullable Object name) {
    return members.get(name);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return members.containsKey(name);
  }

  @Override
  public int size() {
    return members.size();
  }

  @Override
  public Set<String> keySet() {
    return members.keySet();
  }

  @Override
  public Set<Map.Entry<String, JsonValue>> entrySet() {
    return members.entrySet();
  }
}
