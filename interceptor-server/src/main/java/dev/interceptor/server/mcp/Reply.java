package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a request is answered with.
sealed interface Reply {
  record Result(ObjectNode result) implements Reply {}

  record Fault(RpcError error) implements Reply {}

  /// An empty result, which says that it was done.
  static Reply done() {
    return new Result(JsonNodeFactory.instance.objectNode());
  }

  /// The whole message.
  default ObjectNode to(RequestId id) {
    return switch (this) {
      case Result result -> {
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0");
        message.set("id", id.json());
        message.set("result", result.result());
        yield message;
      }
      case Fault fault -> fault.error().envelope(id);
    };
  }

  /// The HTTP status of an answer that is not a stream.
  default int status() {
    return switch (this) {
      case Result _ -> 200;
      case Fault fault -> fault.error().status();
    };
  }
}
