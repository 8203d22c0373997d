package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Builds the input schema of a demo tool: every property is required and no other is allowed.
final class Schema {
  private final ObjectNode properties = JsonNodeFactory.instance.objectNode();
  private final ArrayNode required = JsonNodeFactory.instance.arrayNode();

  private Schema() {}

  static Schema of() {
    return new Schema();
  }

  Schema text(String name, String description) {
    property(name, "string", description);
    return this;
  }

  Schema number(String name, String description) {
    property(name, "number", description);
    return this;
  }

  Schema texts(String name, String description) {
    property(name, "array", description).putObject("items").put("type", "string");
    return this;
  }

  /// A string that modern clients repeat in the header `Mcp-Param-{header}`.
  Schema mirrored(String name, String description, String header) {
    property(name, "string", description).put("x-mcp-header", header);
    return this;
  }

  private ObjectNode property(String name, String type, String description) {
    required.add(name);
    return properties.putObject(name).put("type", type).put("description", description);
  }

  ObjectNode toJson() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    schema.set("properties", properties);
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema.put("additionalProperties", false);
  }
}
