package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;

/// A JSON-RPC error with the HTTP status it travels with.
///
/// @param message for the client: names the member or header and says what to write instead;
///   repeats nothing of the request
record RpcError(int status, int code, String message, Optional<ObjectNode> data) {
  static final int PARSE_ERROR = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int HEADER_MISMATCH = -32020;
  static final int UNSUPPORTED_VERSION = -32022;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern VERSION_LIKE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  static RpcError parse(String message) {
    return plain(400, PARSE_ERROR, message);
  }

  static RpcError invalidRequest(String message) {
    return plain(400, INVALID_REQUEST, message);
  }

  static RpcError invalidRequest(int status, String message) {
    return plain(status, INVALID_REQUEST, message);
  }

  static RpcError invalidParams(String message) {
    return plain(400, INVALID_PARAMS, message);
  }

  static RpcError methodNotFound() {
    return plain(404, METHOD_NOT_FOUND, "the method is not served here");
  }

  /// @param header the header's name
  /// @param what what is wrong with it and what to send instead
  static RpcError headerMismatch(String header, String what) {
    return new RpcError(
        400,
        HEADER_MISMATCH,
        "the header `" + header + "` " + what,
        Optional.of(JSON.objectNode().put("header", header)));
  }

  /// @param requested repeated only as far as it looks like a version
  static RpcError unsupportedVersion(String requested) {
    ObjectNode data = JSON.objectNode();
    data.putArray("supported").add(Era.MODERN_VERSION);
    if (VERSION_LIKE.matcher(requested).matches()) {
      data.put("requested", requested);
    }
    return new RpcError(
        400,
        UNSUPPORTED_VERSION,
        "the protocol version is not supported: write " + Era.MODERN_VERSION,
        Optional.of(data));
  }

  private static RpcError plain(int status, int code, String message) {
    return new RpcError(status, code, message, Optional.empty());
  }

  /// The answer's body where the request's id could not be read.
  ObjectNode envelope() {
    ObjectNode error = JSON.objectNode().put("code", code).put("message", message);
    data.ifPresent(some -> error.set("data", some));
    ObjectNode body = JSON.objectNode().put("jsonrpc", "2.0");
    body.set("error", error);
    return body;
  }

  /// The answer's body for that request.
  ObjectNode envelope(RequestId id) {
    ObjectNode body = envelope();
    body.set("id", id.json());
    return body;
  }
}
