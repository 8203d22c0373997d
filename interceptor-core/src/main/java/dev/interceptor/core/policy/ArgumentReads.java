package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a policy looks at in the arguments of a tool: whatever any rule, exception or limit about
/// the tool may read.
///
/// @param members what is read of the members of an object, by name
/// @param asOne whether something reads the value itself and not only members of it
public record ArgumentReads(SortedMap<String, ArgumentReads> members, boolean asOne) {
  public static final ArgumentReads NONE = new ArgumentReads(Collections.emptySortedMap(), false);

  /// Stands in a projection for an object whose members' names the policy does not write.
  public static final String OBJECT = "[OBJECT]";

  public ArgumentReads {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /// @param paths names of members from the outside in; the empty one is all arguments together
  static ArgumentReads of(Set<List<String>> paths) {
    if (paths.isEmpty()) {
      return NONE;
    }
    Map<String, Set<List<String>>> inner =
        paths.stream()
            .filter(path -> !path.isEmpty())
            .collect(
                Collectors.groupingBy(
                    List::getFirst,
                    Collectors.mapping(path -> path.subList(1, path.size()), Collectors.toSet())));
    SortedMap<String, ArgumentReads> members = new TreeMap<>();
    inner.forEach((name, below) -> members.put(name, of(below)));
    return new ArgumentReads(members, paths.contains(List.<String>of()));
  }

  /// Whether nothing is looked at.
  public boolean isNone() {
    return members.isEmpty() && !asOne;
  }

  /// The arguments without what is not looked at. Names of members are the policy's own: an object
  /// that is read as one, or stands in an array, is replaced by [#OBJECT], as names are the
  /// caller's text too.
  public JsonObject of(JsonObject arguments) {
    Map<String, JsonValue> kept = new LinkedHashMap<>();
    members.forEach(
        (name, below) -> arguments.member(name).ifPresent(value -> below.keep(name, value, kept)));
    return new JsonObject(kept);
  }

  private void keep(String name, JsonValue value, Map<String, JsonValue> kept) {
    if (value instanceof JsonObject object) {
      JsonObject inner = of(object);
      if (!inner.isEmpty()) {
        kept.put(name, inner);
      } else if (asOne) {
        kept.put(name, new JsonString(OBJECT));
      }
    } else if (asOne) {
      kept.put(name, nameless(value));
    }
  }

  private static JsonValue nameless(JsonValue value) {
    return switch (value) {
      case JsonObject object -> new JsonString(OBJECT);
      case JsonArray array ->
          new JsonArray(array.elements().stream().map(ArgumentReads::nameless).toList());
      default -> value;
    };
  }
}
