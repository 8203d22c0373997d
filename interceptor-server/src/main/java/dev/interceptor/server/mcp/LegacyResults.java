package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Results as the legacy versions know them.
final class LegacyResults {
  private static final List<String> MODERN = List.of("resultType", "ttlMs", "cacheScope");
  private static final int LEGACY_STATUS = 200;

  private LegacyResults() {}

  static Reply adapted(Reply reply, LegacyVersion version) {
    return switch (reply) {
      case Reply.Result(ObjectNode result) -> new Reply.Result(adapted(result, version));
      case Reply.Fault(RpcError error) when error.status() < 500 ->
          new Reply.Fault(new RpcError(LEGACY_STATUS, error.code(), error.message(), error.data()));
      case Reply.Fault _ -> reply;
    };
  }

  private static ObjectNode adapted(ObjectNode result, LegacyVersion version) {
    result.remove(MODERN);
    boolean plain = version == LegacyVersion.MARCH_2025;
    if (plain || !result.path("structuredContent").isObject()) {
      result.remove("structuredContent");
    }
    if (plain && result.path("content") instanceof ArrayNode content) {
      result.set("content", withoutLinks(content));
    }
    result
        .path("tools")
        .forEach(tool -> {
          boolean usable = tool.path("outputSchema").path("type").asText("").equals("object");
          if (tool instanceof ObjectNode definition && (plain || !usable)) {
            definition.remove("outputSchema");
          }
        });
    return result;
  }

  /// The first version knows no links to resources: what a client can use of one is its address.
  private static ArrayNode withoutLinks(ArrayNode content) {
    ArrayNode plain = JsonNodeFactory.instance.arrayNode(content.size());
    for (JsonNode block : content) {
      if (block.path("type").asText("").equals("resource_link")) {
        plain.addObject().put("type", "text").put("text", block.path("uri").asText(""));
      } else {
        plain.add(block);
      }
    }
    return plain;
  }
}
