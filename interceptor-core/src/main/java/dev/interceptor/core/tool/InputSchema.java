package dev.interceptor.core.tool;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a tool's JSON Schema says about the kinds and names of its arguments: `type`, `properties`,
/// `required`, `additionalProperties` and `items`. A schema that says more than that with other
/// words (`$ref`, `anyOf`, `patternProperties`, …) may be anything.
public final class InputSchema {
  /// A kind of JSON value.
  public enum Kind {
    STRING,
    NUMBER,
    BOOLEAN,
    NULL,
    ARRAY,
    OBJECT
  }

  /// Nothing is known.
  public static final InputSchema ANY =
      new InputSchema(
          EnumSet.allOf(Kind.class), Map.of(), Set.of(), Optional.empty(), Optional.empty(), false);

  private static final int MAX_DEPTH = 32;
  private static final List<String> BEYOND =
      List.of("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "patternProperties");

  private final Set<Kind> kinds;
  private final Map<String, InputSchema> properties;
  private final Set<String> required;
  private final Optional<InputSchema> element;
  private final Optional<InputSchema> others;
  private final boolean closed;

  /// @param element schema of array elements
  /// @param others schema of members that `properties` does not name
  private InputSchema(
      Set<Kind> kinds,
      Map<String, InputSchema> properties,
      Set<String> required,
      Optional<InputSchema> element,
      Optional<InputSchema> others,
      boolean closed) {
    this.kinds = Collections.unmodifiableSet(EnumSet.copyOf(kinds));
    this.properties = Map.copyOf(properties);
    this.required = Set.copyOf(required);
    this.element = element;
    this.others = others;
    this.closed = closed;
  }

  /// Reads a tool's `inputSchema`. Never fails: what is not understood may be anything.
  public static InputSchema of(JsonObject schema) {
    return read(schema, 0);
  }

  /// A value of one of these kinds, about which nothing else is known.
  public static InputSchema of(Set<Kind> kinds) {
    return kinds.isEmpty()
        ? ANY
        : new InputSchema(kinds, Map.of(), Set.of(), Optional.empty(), Optional.empty(), false);
  }

  /// An array of such elements.
  public static InputSchema arrayOf(InputSchema element) {
    return new InputSchema(
        EnumSet.of(Kind.ARRAY), Map.of(), Set.of(), Optional.of(element), Optional.empty(), false);
  }

  private static InputSchema read(JsonValue value, int depth) {
    if (!(value instanceof JsonObject schema)
        || depth > MAX_DEPTH
        || BEYOND.stream().anyMatch(schema.members()::containsKey)) {
      return ANY;
    }
    Map<String, JsonValue> members = schema.members();
    Set<Kind> kinds = kinds(members.get("type"));
    JsonValue additional = members.getOrDefault("additionalProperties", JsonBoolean.of(true));
    return new InputSchema(
        kinds,
        properties(members.get("properties"), depth),
        required(members.get("required")),
        schema.member("items").map(items -> read(items, depth + 1)),
        Optional.of(additional)
            .filter(JsonObject.class::isInstance)
            .map(rest -> read(rest, depth + 1)),
        additional.equals(JsonBoolean.of(false)));
  }

  private static Map<String, InputSchema> properties(@Nullable JsonValue value, int depth) {
    Map<String, InputSchema> properties = new HashMap<>();
    if (value instanceof JsonObject declared) {
      declared.members().forEach((name, schema) -> properties.put(name, read(schema, depth + 1)));
    }
    return properties;
  }

  private static Set<String> required(@Nullable JsonValue value) {
    Set<String> names = new HashSet<>();
    if (value instanceof JsonArray listed) {
      for (JsonValue name : listed.elements()) {
        if (name instanceof JsonString text) {
          names.add(text.value());
        }
      }
    }
    return names;
  }

  private static Set<Kind> kinds(@Nullable JsonValue type) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    List<JsonValue> names =
        type instanceof JsonArray several
            ? several.elements()
            : type == null ? List.of() : List.of(type);
    for (JsonValue name : names) {
      Optional<Kind> kind =
          name instanceof JsonString text ? kind(text.value()) : Optional.<Kind>empty();
      if (kind.isEmpty()) {
        return ANY.kinds;
      }
      kinds.add(kind.get());
    }
    return kinds.isEmpty() ? ANY.kinds : kinds;
  }

  private static Optional<Kind> kind(String type) {
    return switch (type) {
      case "string" -> Optional.of(Kind.STRING);
      case "number", "integer" -> Optional.of(Kind.NUMBER);
      case "boolean" -> Optional.of(Kind.BOOLEAN);
      case "null" -> Optional.of(Kind.NULL);
      case "array" -> Optional.of(Kind.ARRAY);
      case "object" -> Optional.of(Kind.OBJECT);
      default -> Optional.empty();
    };
  }

  public Set<Kind> kinds() {
    return kinds;
  }

  public boolean mayBe(Kind kind) {
    return kinds.contains(kind);
  }

  /// Names that the schema declares.
  public Set<String> names() {
    return properties.keySet();
  }

  public boolean requires(String name) {
    return required.contains(name);
  }

  /// The schema of an array's elements.
  public InputSchema element() {
    return element.orElse(ANY);
  }

  /// What the schema declares for the value at the path, names of members from the outside in;
  /// empty if it declares nothing there.
  public Optional<InputSchema> at(List<String> path) {
    InputSchema at = this;
    for (String name : path) {
      Optional<InputSchema> declared = declaredIn(at, name);
      if (declared.isEmpty()) {
        return Optional.empty();
      }
      at = declared.get();
    }
    return Optional.of(at);
  }

  private static Optional<InputSchema> declaredIn(InputSchema schema, String name) {
    return Optional.ofNullable(schema.properties.get(name)).or(() -> schema.others);
  }

  /// Whether a value that fits the schema can have something at the path.
  public boolean mayHave(List<String> path) {
    InputSchema at = this;
    for (String name : path) {
      if (!at.mayBe(Kind.OBJECT) || (at.closed && !at.properties.containsKey(name))) {
        return false;
      }
      at = at.at(List.of(name)).orElse(ANY);
    }
    return true;
  }
}
