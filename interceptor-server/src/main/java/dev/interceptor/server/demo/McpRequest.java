package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One JSON-RPC message as it arrived, with its HTTP headers.
///
/// @param headers all values of a header
record McpRequest(JsonObject message, Function<String, List<String>> headers) {
  private static final String META_PREFIX = "io.modelcontextprotocol/";

  String method() {
    return text(message, "method").orElse("");
  }

  JsonObject params() {
    return object(message, "params").orElse(JsonObject.EMPTY);
  }

  boolean isNotification() {
    return message.member("id").isEmpty();
  }

  /// The id as it has to be echoed; missing if it is not a string or an integer.
  JsonNode id() {
    Optional<JsonValue> id = message.member("id");
    if (id.isPresent() && id.get() instanceof JsonString string) {
      return JsonNodeFactory.instance.textNode(string.value());
    }
    if (id.isPresent()
        && id.get() instanceof JsonNumber number
        && number.value() == Math.rint(number.value())) {
      return JsonNodeFactory.instance.numberNode((long) number.value());
    }
    return MissingNode.getInstance();
  }

  Optional<JsonValue> meta(String key) {
    return object(params(), "_meta").flatMap(meta -> meta.member(META_PREFIX + key));
  }

  /// The header's one value without surrounding spaces; empty if it is absent or repeated.
  Optional<String> header(String name) {
    List<String> values = headers.apply(name);
    return values.size() == 1 ? Optional.of(values.getFirst().strip()) : Optional.empty();
  }

  static Optional<String> text(JsonObject object, String name) {
    return object
        .member(name)
        .flatMap(value ->
            value instanceof JsonString string ? Optional.of(string.value()) : Optional.empty());
  }

  static Optional<JsonObject> object(JsonObject object, String name) {
    return object
        .member(name)
        .flatMap(
            value -> value instanceof JsonObject inner ? Optional.of(inner) : Optional.empty());
  }
}
