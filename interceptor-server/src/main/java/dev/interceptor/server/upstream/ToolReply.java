package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What became of a forwarded call.
public sealed interface ToolReply {
  /// The server answered with a result: `content`, `structuredContent`, `isError`. An `isError`
  /// result is an answer too.
  record Completed(ObjectNode result) implements ToolReply {
    public boolean isError() {
      return result.path("isError").asBoolean(false);
    }
  }

  /// The server refused or answered with something that is not a result; the tool may have run.
  ///
  /// @param operatorDetail for the log, never for the client
  record Failed(Fault fault, String operatorDetail) implements ToolReply {}

  /// The call never left: the tool has certainly not run.
  record NotDelivered(String operatorDetail) implements ToolReply {}

  /// No complete answer came; the tool may have run.
  ///
  /// @param operatorDetail for the log, never for the client
  record Unknown(Fault fault, String operatorDetail) implements ToolReply {}

  /// How an exchange with a tool server goes wrong.
  enum Fault {
    /// No complete answer within the timeout.
    TIMEOUT,
    /// The connection broke after the call was sent.
    DISCONNECTED,
    /// An answer that is not MCP, too long, or for another request.
    PROTOCOL,
    /// A JSON-RPC error or an HTTP error status.
    REFUSED
  }
}
