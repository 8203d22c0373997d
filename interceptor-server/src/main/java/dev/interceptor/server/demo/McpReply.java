package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/// What goes back for one message.
record McpReply(int status, Optional<ObjectNode> body, Map<String, String> headers) {
  static McpReply accepted() {
    return new McpReply(202, Optional.empty(), Map.of());
  }

  static McpReply empty(int status) {
    return new McpReply(status, Optional.empty(), Map.of());
  }

  static McpReply result(JsonNode id, ObjectNode result) {
    ObjectNode body = envelope(id);
    body.set("result", result);
    return new McpReply(200, Optional.of(body), Map.of());
  }

  static McpReply error(int status, JsonNode id, int code, String message) {
    return error(status, id, code, message, JsonNodeFactory.instance.objectNode());
  }

  static McpReply error(int status, JsonNode id, int code, String message, ObjectNode data) {
    ObjectNode body = envelope(id);
    ObjectNode error = body.putObject("error").put("code", code).put("message", message);
    if (!data.isEmpty()) {
      error.set("data", data);
    }
    return new McpReply(status, Optional.of(body), Map.of());
  }

  McpReply with(String header, String value) {
    return new McpReply(status, body, Map.of(header, value));
  }

  private static ObjectNode envelope(JsonNode id) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
    if (!id.isMissingNode()) {
      body.set("id", id);
    }
    return body;
  }
}
