package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a tool server answered to one JSON-RPC request.
sealed interface RpcAnswer {
  /// @param session the `Mcp-Session-Id` that came with it
  record Result(ObjectNode result, Optional<String> session) implements RpcAnswer {}

  /// A JSON-RPC error.
  record Failure(int status, long code, JsonNode data) implements RpcAnswer {
    private static final Pattern SYMBOL = Pattern.compile("[A-Z][A-Z_]{2,39}");

    /// Status, code and the peer's own symbolic reason; never its free text, which may repeat
    /// arguments.
    String operatorDetail() {
      String reason = data.path("reason").asText("");
      String suffix = SYMBOL.matcher(reason).matches() ? " " + reason : "";
      return "HTTP " + status + ", JSON-RPC error " + code + suffix;
    }
  }

  /// An HTTP error status without a JSON-RPC error.
  record Rejected(int status) implements RpcAnswer {}
}
