package dev.interceptor.guard;

import dev.interceptor.core.token.TokenClaims;
import dev.interceptor.core.tool.ToolName;
import java.util.Optional;

/// What becomes of a message: the server gets it, or its sender gets a refusal.
public sealed interface Decision {
  /// The server may have the message, byte for byte as it was decided.
  ///
  /// @param claims of the token that authorized it and is now used up; empty for a message that
  ///   needs none, because it runs nothing
  record Pass(Optional<TokenClaims> claims) implements Decision {}

  /// The server never sees the message.
  ///
  /// @param status 400, 401, 405, 413 or 415
  /// @param reason for logs only: a reason of `TokenRejection`, or one of the guard's own in the
  ///   same spelling
  /// @param tool the tool that was to be run, if the message names one
  /// @param id of the JSON-RPC request, as JSON; `null` if it has none
  record Refusal(int status, String reason, Optional<ToolName> tool, String id)
      implements Decision {
    private static final int TOKEN_REFUSED = 1401;
    private static final int INVALID_REQUEST = -32600;

    static Refusal of(int status, String reason) {
      return new Refusal(status, reason, Optional.empty(), "null");
    }

    /// What the sender is told, as JSON: nothing about the reason.
    public String body() {
      boolean unauthorized = status == 401;
      return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
          .formatted(
              id,
              unauthorized ? TOKEN_REFUSED : INVALID_REQUEST,
              unauthorized ? "token refused" : "message refused");
    }

    /// The value of `WWW-Authenticate` (RFC 6750 §3), which belongs to 401 alone.
    public Optional<String> challenge() {
      return status == 401
          ? Optional.of(reason.equals("MISSING") ? "Bearer" : "Bearer error=\"invalid_token\"")
          : Optional.empty();
    }
  }
}
