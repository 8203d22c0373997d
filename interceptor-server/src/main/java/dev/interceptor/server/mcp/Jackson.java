package dev.interceptor.server.mcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;

/// What came in strictly, in the form in which answers are built, and what reads and writes that.
final class Jackson {
  /// Threads share its buffers. By default each thread has its own, which here is new for each
  /// request.
  static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
              .build());

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Jackson() {}

  static ObjectNode object(JsonObject object) {
    ObjectNode node = JSON.objectNode();
    object.members().forEach((name, value) -> node.set(name, node(value)));
    return node;
  }

  private static JsonNode node(JsonValue value) {
    return switch (value) {
      case JsonObject object -> object(object);
      case JsonArray array -> {
        ArrayNode node = JSON.arrayNode();
        array.elements().forEach(element -> node.add(node(element)));
        yield node;
      }
      case JsonString string -> TextNode.valueOf(string.value());
      case JsonNumber number -> number(number.value());
      case JsonBoolean flag -> BooleanNode.valueOf(flag.value());
      case JsonNull _ -> NullNode.getInstance();
    };
  }

  private static JsonNode number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 9.0e15
        ? LongNode.valueOf((long) value)
        : DoubleNode.valueOf(value);
  }
}
