package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/// MCP 2026-07-28: every request on its own, its headers checked against its body.
final class ModernFace {
  static final String VERSION = "2026-07-28";

  private static final Set<String> METHODS = Set.of("server/discover", "tools/list", "tools/call");
  private static final int INVALID_PARAMS = -32602;
  private static final int METHOD_NOT_FOUND = -32601;
  private static final int HEADER_MISMATCH = -32020;
  private static final int UNSUPPORTED_VERSION = -32022;
  private static final int TTL_MILLIS = 60_000;
  private static final String SENTINEL = "=?base64?";

  private final ToolExecution execution;
  private final DemoTools tools;

  ModernFace(ToolExecution execution, DemoTools tools) {
    this.execution = execution;
    this.tools = tools;
  }

  /// Whether the message claims to be of this era, in its body or by its header.
  static boolean claims(McpRequest request) {
    return request.meta("protocolVersion").isPresent()
        || request.header("MCP-Protocol-Version").map(VERSION::equals).orElse(false);
  }

  McpReply handle(McpRequest request) {
    if (request.isNotification()) {
      return McpReply.accepted();
    }
    return envelopeFault(request)
        .or(() -> methodFault(request))
        .or(() -> mirrorFault(request))
        .orElseGet(() -> dispatch(request));
  }

  private static Optional<McpReply> envelopeFault(McpRequest request) {
    JsonNode id = request.id();
    Optional<JsonValue> version = request.meta("protocolVersion");
    Optional<JsonValue> capabilities = request.meta("clientCapabilities");
    if (!(version.orElse(null) instanceof JsonString claimed)
        || !(capabilities.orElse(null) instanceof JsonObject)) {
      return Optional.of(
          McpReply.error(
              400, id, INVALID_PARAMS, "_meta lacks protocolVersion or clientCapabilities"));
    }
    if (!request.header("MCP-Protocol-Version").equals(Optional.of(claimed.value()))) {
      return Optional.of(mismatch(id, "MCP-Protocol-Version"));
    }
    if (!claimed.value().equals(VERSION)) {
      ObjectNode data = JsonNodeFactory.instance.objectNode().put("requested", claimed.value());
      data.putArray("supported").add(VERSION);
      return Optional.of(
          McpReply.error(400, id, UNSUPPORTED_VERSION, "protocol version not supported", data));
    }
    return Optional.empty();
  }

  private static Optional<McpReply> methodFault(McpRequest request) {
    if (!request.header("Mcp-Method").equals(Optional.of(request.method()))) {
      return Optional.of(mismatch(request.id(), "Mcp-Method"));
    }
    boolean named = request.method().equals("tools/call");
    Optional<String> name = McpRequest.text(request.params(), "name");
    if (named && !request.header("Mcp-Name").flatMap(ModernFace::decoded).equals(name)) {
      return Optional.of(mismatch(request.id(), "Mcp-Name"));
    }
    if (!METHODS.contains(request.method())) {
      return Optional.of(McpReply.error(404, request.id(), METHOD_NOT_FOUND, "method not found"));
    }
    return Optional.empty();
  }

  /// Arguments that the tool's schema wants mirrored must be, and equal. All of ours are strings at
  /// the top level.
  private Optional<McpReply> mirrorFault(McpRequest request) {
    Optional<DemoTool> tool = McpRequest.text(request.params(), "name").flatMap(tools::find);
    if (!request.method().equals("tools/call") || tool.isEmpty()) {
      return Optional.empty();
    }
    JsonObject arguments =
        McpRequest.object(request.params(), "arguments").orElse(JsonObject.EMPTY);
    for (var property :
        tool.get().definition().path("inputSchema").path("properties").properties()) {
      String header = "Mcp-Param-" + property.getValue().path("x-mcp-header").asText("");
      boolean mirrored = property.getValue().has("x-mcp-header");
      Optional<String> argument = McpRequest.text(arguments, property.getKey());
      if (mirrored && !request.header(header).flatMap(ModernFace::decoded).equals(argument)) {
        return Optional.of(mismatch(request.id(), header));
      }
    }
    return Optional.empty();
  }

  private static McpReply mismatch(JsonNode id, String header) {
    return McpReply.error(
        400, id, HEADER_MISMATCH, "header " + header + " is missing or differs from the body");
  }

  private static Optional<String> decoded(String value) {
    if (!value.startsWith(SENTINEL) || !value.endsWith("?=")) {
      return Optional.of(value);
    }
    try {
      byte[] utf8 =
          Base64.getDecoder().decode(value.substring(SENTINEL.length(), value.length() - 2));
      return Optional.of(new String(utf8, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private McpReply dispatch(McpRequest request) {
    return switch (request.method()) {
      case "server/discover" -> {
        ObjectNode result = cacheable();
        result.putArray("supportedVersions").add(VERSION);
        result.putObject("capabilities").putObject("tools");
        yield McpReply.result(request.id(), identified(result));
      }
      case "tools/list" -> {
        ObjectNode result = cacheable();
        tools.all().forEach(tool -> result.withArray("tools").add(tool.definition()));
        yield McpReply.result(request.id(), identified(result));
      }
      default -> completed(execution.call(request));
    };
  }

  private static McpReply completed(McpReply reply) {
    reply
        .body()
        .ifPresent(body -> {
          if (body.path("result") instanceof ObjectNode result) {
            identified(result.put("resultType", "complete"));
          }
        });
    return reply;
  }

  private static ObjectNode cacheable() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("resultType", "complete")
        .put("ttlMs", TTL_MILLIS)
        .put("cacheScope", "private");
  }

  private static ObjectNode identified(ObjectNode result) {
    result.putObject("_meta").set("io.modelcontextprotocol/serverInfo", DemoToolServer.identity());
    return result;
  }
}
