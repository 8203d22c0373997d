package dev.interceptor.core.policy;

import dev.cel.common.values.NullValue;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// JSON as the runtime of CEL expects values. Objects and arrays are looked through, not copied, so
/// an expression pays for what it reads.
final class JsonView {
  private JsonView() {}

  static Object of(JsonValue value) {
    return switch (value) {
      case JsonObject object -> new Members(object.members());
      case JsonArray array -> new Elements(array.elements());
      case JsonString string -> string.value();
      case JsonNumber number -> number.value();
      case JsonBoolean truth -> truth.value();
      case JsonNull none -> NullValue.NULL_VALUE;
    };
  }

  private static final class Elements extends AbstractList<Object> {
    private final List<JsonValue> elements;

    Elements(List<JsonValue> elements) {
      this.elements = elements;
    }

    @Override
    public Object get(int index) {
      return of(elements.get(index));
    }

    @Override
    public int size() {
      return elements.size();
    }
  }

  private static final class Members extends AbstractMap<String, Object> {
    private final Map<String, JsonValue> members;

    Members(Map<String, JsonValue> members) {
      this.members = members;
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
      JsonValue member = members.get(name);
      return member == null ? null : of(member);
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
    public Set<Map.Entry<String, Object>> entrySet() {
      return new Entries(members);
    }
  }

  private static final class Entries extends AbstractSet<Map.Entry<String, Object>> {
    private final Map<String, JsonValue> members;

    Entries(Map<String, JsonValue> members) {
      this.members = members;
    }

    @Override
    public Iterator<Map.Entry<String, Object>> iterator() {
      return members.entrySet().stream()
          .map(entry -> Map.entry(entry.getKey(), of(entry.getValue())))
          .iterator();
    }

    @Override
    public int size() {
      return members.size();
    }
  }
}
