package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// MCP 2025-11-25, 2025-06-18 and 2025-03-26: `initialize` opens a session that every later request
/// names.
final class LegacyFace {
  private static final String LATEST = "2025-11-25";
  private static final Set<String> VERSIONS = Set.of(LATEST, "2025-06-18", "2025-03-26");
  private static final String SESSION = "Mcp-Session-Id";
  private static final int METHOD_NOT_FOUND = -32601;
  private static final int SERVER_ERROR = -32000;
  private static final int MAX_SESSIONS = 10_000;

  private final ToolExecution execution;
  private final DemoTools tools;
  private final Cache<String, Boolean> sessions =
      Caffeine.newBuilder()
          .maximumSize(MAX_SESSIONS)
          .expireAfterAccess(Duration.ofHours(1))
          .build();

  LegacyFace(ToolExecution execution, DemoTools tools) {
    this.execution = execution;
    this.tools = tools;
  }

  McpReply handle(McpRequest request) {
    if (request.method().equals("initialize") && !request.isNotification()) {
      return initialize(request);
    }
    Optional<McpReply> fault = sessionFault(request).or(() -> versionFault(request));
    if (fault.isPresent()) {
      return fault.get();
    }
    if (request.isNotification() || request.method().isEmpty()) {
      return McpReply.accepted();
    }
    return switch (request.method()) {
      case "ping" -> McpReply.result(request.id(), JsonNodeFactory.instance.objectNode());
      case "tools/list" -> {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        tools.all().forEach(tool -> result.withArray("tools").add(tool.definition()));
        yield McpReply.result(request.id(), result);
      }
      case "tools/call" -> execution.call(request);
      default -> McpReply.error(200, request.id(), METHOD_NOT_FOUND, "method not found");
    };
  }

  /// Ends the session that the request names.
  McpReply end(McpRequest request) {
    Optional<McpReply> fault = sessionFault(request);
    request.header(SESSION).ifPresent(sessions::invalidate);
    return fault.orElseGet(() -> McpReply.empty(200));
  }

  private McpReply initialize(McpRequest request) {
    String asked = McpRequest.text(request.params(), "protocolVersion").orElse(LATEST);
    ObjectNode result =
        JsonNodeFactory.instance
            .objectNode()
            .put("protocolVersion", VERSIONS.contains(asked) ? asked : LATEST);
    result.putObject("capabilities").putObject("tools");
    result.set("serverInfo", DemoToolServer.identity());
    String session = UUID.randomUUID().toString();
    sessions.put(session, true);
    return McpReply.result(request.id(), result).with(SESSION, session);
  }

  private Optional<McpReply> sessionFault(McpRequest request) {
    Optional<String> session = request.header(SESSION);
    if (session.isEmpty()) {
      return Optional.of(
          McpReply.error(400, request.id(), SERVER_ERROR, "Mcp-Session-Id is missing"));
    }
    if (sessions.getIfPresent(session.get()) == null) {
      return Optional.of(McpReply.error(404, request.id(), SERVER_ERROR, "no such session"));
    }
    return Optional.empty();
  }

  private static Optional<McpReply> versionFault(McpRequest request) {
    boolean known = request.header("MCP-Protocol-Version").map(VERSIONS::contains).orElse(true);
    return known
        ? Optional.empty()
        : Optional.of(
            McpReply.error(400, request.id(), SERVER_ERROR, "protocol version not supported"));
  }
}
