package dev.interceptor.server.pinning;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Small changes of a definition, one for each place in it.
final class Mutations {
  private final JsonObject root;
  private final Random random;
  private final List<Mutation> all = new ArrayList<>();

  /// @param pointer the place that the change has to be found at
  record Mutation(String pointer, JsonObject changed) {}

  /// What stands around a value.
  private interface Around {
    JsonValue with(JsonValue inner);
  }

  private Mutations(JsonObject root, Random random) {
    this.root = root;
    this.random = random;
  }

  /// One flip for each leaf but the name, one member less for each member but the name, and one
  /// member or element more for each object or array.
  static List<Mutation> of(JsonObject definition, Random random) {
    var mutations = new Mutations(definition, random);
    mutations.visit("", definition, inner -> inner);
    return mutations.all;
  }

  private void visit(String pointer, JsonValue value, Around around) {
    switch (value) {
      case JsonObject object -> visitMembers(pointer, object, around);
      case JsonArray array -> visitElements(pointer, array, around);
      case JsonString string -> add(pointer, around.with(new JsonString(flipped(string.value()))));
      case JsonNumber number -> add(pointer, around.with(new JsonNumber(number.value() + 1)));
      case JsonBoolean bool -> add(pointer, around.with(JsonBoolean.of(!bool.value())));
      case JsonNull _ -> add(pointer, around.with(JsonBoolean.FALSE));
    }
  }

  private void visitMembers(String pointer, JsonObject object, Around around) {
    object
        .members()
        .forEach((name, value) -> {
          String inside = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
          if (!inside.equals("/name")) {
            add(inside, around.with(without(object, name)));
            visit(inside, value, inner -> around.with(with(object, name, inner)));
          }
        });
    add(pointer + "/added", around.with(with(object, "added", JsonNull.NULL)));
  }

  private void visitElements(String pointer, JsonArray array, Around around) {
    List<JsonValue> elements = array.elements();
    for (int i = 0; i < elements.size(); i++) {
      int place = i;
      visit(
          pointer + "/" + i,
          elements.get(i),
          inner -> {
            var changed = new ArrayList<>(elements);
            changed.set(place, inner);
            return around.with(new JsonArray(changed));
          });
    }
    var longer = new ArrayList<>(elements);
    longer.add(new JsonString("added"));
    add(pointer + "/" + elements.size(), around.with(new JsonArray(longer)));
  }

  private void add(String pointer, JsonValue changed) {
    if (changed instanceof JsonObject object && !object.equals(root)) {
      all.add(new Mutation(pointer, object));
    }
  }

  private static JsonObject with(JsonObject object, String name, JsonValue value) {
    Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
    members.put(name, value);
    return new JsonObject(members);
  }

  private static JsonObject without(JsonObject object, String name) {
    Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
    members.remove(name);
    return new JsonObject(members);
  }

  /// The same text with one bit of one character flipped; never half a pair of surrogates.
  private String flipped(String text) {
    var plain = new ArrayList<Integer>();
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) {
        plain.add(i);
      }
    }
    if (plain.isEmpty()) {
      return text + "x";
    }
    int at = plain.get(random.nextInt(plain.size()));
    char[] changed = text.toCharArray();
    changed[at] ^= (char) (1 << random.nextInt(5));
    return new String(changed);
  }
}
