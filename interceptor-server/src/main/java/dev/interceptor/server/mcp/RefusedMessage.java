package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// What a client sent cannot be taken as it is; the answer says why.
final class RefusedMessage extends Exception {
  private final transient RpcError error;
  private final transient Optional<RequestId> id;

  private RefusedMessage(RpcError error, Optional<RequestId> id) {
    super(error.message(), null, false, false);
    this.error = error;
    this.id = id;
  }

  /// The refusal of something that has no readable id.
  static RefusedMessage of(RpcError error) {
    return new RefusedMessage(error, Optional.empty());
  }

  static RefusedMessage of(RpcError error, RequestId id) {
    return new RefusedMessage(error, Optional.of(id));
  }

  /// The same refusal as the answer to that request.
  RefusedMessage to(RequestId request) {
    return of(error, request);
  }

  RpcError error() {
    return error;
  }

  /// The answer's body.
  ObjectNode body() {
    return id.map(error::envelope).orElseGet(error::envelope);
  }
}
