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

  /// The server wants answers from the client, or the same call again later; the tool may have run
  /// in part.
  ///
  /// @param result `inputRequests`, `requestState`, or both
  record InputRequired(ObjectNode result) implements ToolReply {}

  /// The server answered with an error that the caller may hear of: about this call, not about the
  /// connection, the token or the protocol.
  ///
  /// @param error `code`, `message`, and `data` if it has some
  /// @param operatorDetail for the log, never for the client
  record RpcError(ObjectNode error, String operatorDetail) implements ToolReply {}

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
    /// The caller left after the call was sent.
    ABANDONED,
    /// An answer that is not MCP, too long, or for another request.
    PROTOCOL,
    /// A JSON-RPC error or an HTTP error status.
    REFUSED
  }
}
