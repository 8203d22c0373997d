package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.server.upstream.HttpTransport.Header;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The arguments of one tool that are repeated in `Mcp-Param-*` headers because its schema says so
/// with `x-mcp-header` (MCP 2026-07-28).
///
/// @param mirrors in the schema's order
public record ArgumentMirrors(List<Mirror> mirrors) {
  public static final ArgumentMirrors NONE = new ArgumentMirrors(List.of());

  /// What the names of these headers begin with.
  public static final String PREFIX = "Mcp-Param-";

  private static final String ANNOTATION = "x-mcp-header";
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final Set<String> TYPES = Set.of("integer", "string", "boolean");
  private static final double MAX_SAFE_INTEGER = 9007199254740991.0;

  /// One mirrored argument.
  ///
  /// @param header what follows `Mcp-Param-` in the header's name
  /// @param path member names from the arguments' root
  public record Mirror(String header, List<String> path) {
    /// The argument that the header repeats: a string, a boolean or an integer that every parser
    /// reads alike. Empty for an argument that is absent, null or nothing that a header can repeat.
    public Optional<JsonValue> argument(JsonObject arguments) {
      return valueAt(arguments, path).filter(value -> text(value).isPresent());
    }
  }

  /// The mirrors of a tool's `inputSchema`; empty if an annotation breaks the rules, which makes
  /// the tool unusable.
  public static Optional<ArgumentMirrors> of(JsonNode inputSchema) {
    int annotations = count(inputSchema);
    if (annotations == 0) {
      return Optional.of(NONE);
    }
    List<Mirror> found = new ArrayList<>();
    collect(inputSchema, List.of(), found);
    Set<String> names = new HashSet<>();
    boolean valid =
        found.size() == annotations
            && found.stream().allMatch(mirror -> TOKEN.matcher(mirror.header()).matches())
            && found.stream()
                .allMatch(mirror -> names.add(mirror.header().toLowerCase(Locale.ROOT)));
    return valid ? Optional.of(new ArgumentMirrors(List.copyOf(found))) : Optional.empty();
  }

  private static void collect(JsonNode schema, List<String> path, List<Mirror> found) {
    for (var property : schema.path("properties").properties()) {
      JsonNode child = property.getValue();
      List<String> childPath = new ArrayList<>(path);
      childPath.add(property.getKey());
      if (isAnnotated(child) && TYPES.contains(child.path("type").asText(""))) {
        found.add(new Mirror(child.path(ANNOTATION).asText(), List.copyOf(childPath)));
      }
      collect(child, childPath, found);
    }
  }

  /// All annotations, also where they may not stand.
  private static int count(JsonNode node) {
    int total = isAnnotated(node) ? 1 : 0;
    for (JsonNode child : node) {
      total += count(child);
    }
    return total;
  }

  /// A property that is itself named like the annotation has a schema there, not a value.
  private static boolean isAnnotated(JsonNode schema) {
    return schema.isObject()
        && schema.has(ANNOTATION)
        && !schema.path(ANNOTATION).isContainerNode();
  }

  /// The headers for these arguments; absent and null arguments have none.
  List<Header> headers(JsonObject arguments) {
    if (mirrors.isEmpty()) {
      return List.of();
    }
    List<Header> headers = new ArrayList<>(mirrors.size());
    for (Mirror mirror : mirrors) {
      valueAt(arguments, mirror.path())
          .flatMap(ArgumentMirrors::text)
          .ifPresent(
              text -> headers.add(new Header(PREFIX + mirror.header(), HeaderValue.encode(text))));
    }
    return headers;
  }

  private static Optional<JsonValue> valueAt(JsonObject arguments, List<String> path) {
    Optional<JsonValue> value = Optional.of(arguments);
    for (String name : path) {
      value =
          value.flatMap(
              v -> v instanceof JsonObject object ? object.member(name) : Optional.empty());
    }
    return value;
  }

  private static Optional<String> text(JsonValue value) {
    return switch (value) {
      case JsonString string -> Optional.of(string.value());
      case JsonBoolean bool -> Optional.of(Boolean.toString(bool.value()));
      case JsonNumber number when isSafeInteger(number.value()) ->
          Optional.of(Long.toString((long) number.value()));
      case JsonNumber _ -> Optional.empty();
      case JsonObject _ -> Optional.empty();
      case dev.interceptor.core.json.JsonArray _ -> Optional.empty();
      case dev.interceptor.core.json.JsonNull _ -> Optional.empty();
    };
  }

  private static boolean isSafeInteger(double value) {
    return value == Math.rint(value) && Math.abs(value) <= MAX_SAFE_INTEGER;
  }
}
