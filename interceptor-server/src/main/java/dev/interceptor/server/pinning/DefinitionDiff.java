package dev.interceptor.server.pinning;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// In what two definitions differ, part by part.
///
/// Nothing that differs is left out or shortened; of a long text the parts that are the same are
/// cut away.
public final class DefinitionDiff {
  private static final JsonLimits LIMITS = new JsonLimits(512, 64 * 1024 * 1024);

  private final List<Change> changes = new ArrayList<>();

  private DefinitionDiff() {}

  /// One part that differs, by its JSON pointer (RFC 6901).
  public sealed interface Change {
    String pointer();

    /// On one line, with every character visible.
    default String line() {
      String place = VisibleText.of(inner(pointer()));
      return switch (this) {
        case Added added -> "+ " + place + ": " + shown(added.value());
        case Removed removed -> "- " + place + ": " + shown(removed.value());
        case Replaced(String _, JsonString before, JsonString after) ->
            place + ": " + TextDiff.of(before.value(), after.value());
        case Replaced replaced ->
            place + ": " + shown(replaced.before()) + " → " + shown(replaced.after());
      };
    }
  }

  public record Added(String pointer, JsonValue value) implements Change {}

  public record Removed(String pointer, JsonValue value) implements Change {}

  public record Replaced(String pointer, JsonValue before, JsonValue after) implements Change {}

  /// The changes that make `after` of `before`, in the order of members' names; empty if and only
  /// if both have the same canonical form. An array's elements are compared by their places, after
  /// those that its beginning and its end have in common.
  public static List<Change> between(JsonValue before, JsonValue after) {
    var diff = new DefinitionDiff();
    diff.compare("", before, after);
    return List.copyOf(diff.changes);
  }

  /// The same for canonical texts.
  ///
  /// @throws IllegalArgumentException if one of them is not JSON
  public static List<Change> between(String before, String after) {
    return between(parsed(before), parsed(after));
  }

  private static JsonValue parsed(String text) {
    try {
      return StrictJson.parse(text.getBytes(StandardCharsets.UTF_8), LIMITS);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("a pinned definition is not JSON", e);
    }
  }

  private void compare(String pointer, JsonValue before, JsonValue after) {
    if (before instanceof JsonObject left && after instanceof JsonObject right) {
      compareMembers(pointer, left, right);
    } else if (before instanceof JsonArray left && after instanceof JsonArray right) {
      compareElements(pointer, left.elements(), right.elements());
    } else if (!before.equals(after)) {
      changes.add(new Replaced(pointer, before, after));
    }
  }

  private void compareMembers(String pointer, JsonObject before, JsonObject after) {
    var names = new TreeSet<>(before.members().keySet());
    names.addAll(after.members().keySet());
    for (String name : names) {
      String inside = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
      compareParts(inside, before.member(name), after.member(name));
    }
  }

  private void compareParts(String pointer, Optional<JsonValue> before, Optional<JsonValue> after) {
    if (before.isEmpty()) {
      changes.add(new Added(pointer, after.orElse(JsonNull.NULL)));
    } else if (after.isEmpty()) {
      changes.add(new Removed(pointer, before.get()));
    } else {
      compare(pointer, before.get(), after.get());
    }
  }

  private void compareElements(String pointer, List<JsonValue> before, List<JsonValue> after) {
    int shorter = Math.min(before.size(), after.size());
    int start = 0;
    while (start < shorter && before.get(start).equals(after.get(start))) {
      start++;
    }
    int tail = 0;
    while (tail < shorter - start
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    int endBefore = before.size() - tail;
    int endAfter = after.size() - tail;
    for (int i = start; i < Math.max(endBefore, endAfter); i++) {
      compareParts(
          pointer + "/" + i,
          i < endBefore ? Optional.of(before.get(i)) : Optional.empty(),
          i < endAfter ? Optional.of(after.get(i)) : Optional.empty());
    }
  }

  /// A value as canonical JSON with every character visible.
  public static String shown(JsonValue value) {
    return VisibleText.of(json(value));
  }

  /// The text of a JSON string without its quotes.
  static String inner(String text) {
    String quoted = json(new JsonString(text));
    return quoted.substring(1, quoted.length() - 1);
  }

  private static String json(JsonValue value) {
    return new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8);
  }
}
