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
  ///
  /// @param status of the HTTP answer, 200 where there is none
  /// @param message the peer's own text
  /// @param data missing if there is none
  record Failure(int status, long code, String message, JsonNode data) implements RpcAnswer {
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

  /// Whether the server says that it does not know the method, or nothing at that address.
  default boolean isUnknownMethod() {
    return switch (this) {
      case Result _ -> false;
      case Failure failure ->
          failure.status() == 404
              || (failure.code() == ErrorNumbers.METHOD_NOT_FOUND
                  && (failure.status() == 200 || failure.status() == 400));
      case Rejected rejected -> rejected.status() == 404 || rejected.status() == 405;
    };
  }
}
