package dev.interceptor.server.pinning;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Definitions with everything that servers put into them.
final class GeneratedDefinitions {
  private static final String[] WORDS = {
    "sends", "mail", "to", "a", "customer", "Grüße", "\u65e5\u672c", "\ud83d\ude00", "\"quoted\"",
    "back\\slash", "line\nbreak", "tab\t", "{brace}", "é", "0", "null", "never", "delete"
  };
  private static final String[] TYPES = {"string", "integer", "number", "boolean", "array"};

  private final Random random;

  private GeneratedDefinitions(Random random) {
    this.random = random;
  }

  static JsonObject of(long seed, String name) {
    return new GeneratedDefinitions(new Random(seed)).definition(name);
  }

  private JsonObject definition(String name) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("name", text(name));
    members.put("description", sentence());
    maybe(members, "title", this::sentence);
    members.put("inputSchema", schema(2));
    maybe(members, "outputSchema", () -> schema(1));
    maybe(members, "annotations", this::annotations);
    maybe(members, "icons", () -> new JsonArray(List.of(icon(), icon())));
    maybe(members, "_meta", this::meta);
    maybe(members, "execution", () -> object("taskSupport", text("forbidden")));
    return shuffled(members);
  }

  private JsonObject schema(int depth) {
    Map<String, JsonValue> properties = new LinkedHashMap<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      properties.put("p" + i + WORDS[random.nextInt(WORDS.length)], property(depth));
    }
    Map<String, JsonValue> schema = new LinkedHashMap<>();
    schema.put("type", text("object"));
    schema.put("properties", shuffled(properties));
    maybe(
        schema,
        "required",
        () -> new JsonArray(properties.keySet().stream().<JsonValue>map(JsonString::new).toList()));
    maybe(schema, "additionalProperties", () -> JsonBoolean.of(random.nextBoolean()));
    maybe(schema, "$schema", () -> text("https://json-schema.org/draft/2020-12/schema"));
    return shuffled(schema);
  }

  private JsonValue property(int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return schema(depth - 1);
    }
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("type", text(TYPES[random.nextInt(TYPES.length)]));
    maybe(members, "description", this::sentence);
    maybe(members, "default", () -> new JsonNumber(random.nextInt(1000) / 8.0));
    maybe(members, "maximum", () -> new JsonNumber(random.nextInt(1 << 30)));
    maybe(members, "x-mcp-header", () -> text("X-" + random.nextInt(99)));
    maybe(
        members,
        "enum",
        () -> new JsonArray(List.of(text("read"), text("write" + random.nextInt(9)))));
    return shuffled(members);
  }

  private JsonObject annotations() {
    Map<String, JsonValue> hints = new LinkedHashMap<>();
    for (String hint :
        List.of("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")) {
      maybe(hints, hint, () -> JsonBoolean.of(random.nextBoolean()));
    }
    hints.put("title", sentence());
    return shuffled(hints);
  }

  private JsonObject icon() {
    Map<String, JsonValue> icon = new LinkedHashMap<>();
    icon.put("src", text("https://icons.example/" + random.nextInt(1000) + ".png"));
    icon.put("mimeType", text("image/png"));
    icon.put("sizes", new JsonArray(List.of(text("48x48"), text("any"))));
    return new JsonObject(icon);
  }

  private JsonObject meta() {
    return object(
        "com.example/level",
        object("trust", new JsonNumber(random.nextInt(5)), "note", sentence()));
  }

  private JsonString sentence() {
    var words = new ArrayList<String>();
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      words.add(WORDS[random.nextInt(WORDS.length)]);
    }
    return text(String.join(" ", words));
  }

  private void maybe(
      Map<String, JsonValue> members,
      String name,
      java.util.function.Supplier<? extends JsonValue> value) {
    if (random.nextInt(4) > 0) {
      members.put(name, value.get());
    }
  }

  private JsonObject shuffled(Map<String, JsonValue> members) {
    var names = new ArrayList<>(members.keySet());
    java.util.Collections.shuffle(names, random);
    Map<String, JsonValue> mixed = new LinkedHashMap<>();
    names.forEach(name -> mixed.put(name, members.getOrDefault(name, JsonObject.EMPTY)));
    return new JsonObject(mixed);
  }

  private static JsonObject object(String name, JsonValue value) {
    return new JsonObject(Map.of(name, value));
  }

  private static JsonObject object(String name, JsonValue value, String other, JsonValue second) {
    return new JsonObject(Map.of(name, value, other, second));
  }

  private static JsonString text(String value) {
    return new JsonString(value);
  }
}
