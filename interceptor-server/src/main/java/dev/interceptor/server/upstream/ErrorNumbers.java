package dev.interceptor.server.upstream;

import java.util.Set;

/// JSON-RPC error codes that change what the client does next.
final class ErrorNumbers {
  static final long METHOD_NOT_FOUND = -32601;
  static final long INVALID_PARAMS = -32602;

  /// Used by legacy servers for an unknown session, among other things.
  static final long SERVER_ERROR = -32000;

  /// Legacy servers: what MCP 2026-07-28 calls invalid parameters.
  static final long RESOURCE_NOT_FOUND = -32002;

  /// MCP 2026-07-28: a header differs from the body.
  static final long HEADER_MISMATCH = -32020;

  /// MCP 2026-07-28: the call needs a capability that the client did not declare.
  static final long MISSING_CAPABILITY = -32021;

  /// MCP 2026-07-28: the protocol version is not supported.
  static final long UNSUPPORTED_VERSION = -32022;

  private static final long PARSE_ERROR = -32700;
  private static final long INVALID_REQUEST = -32600;

  /// Legacy servers: the session is not known, or the request took too long.
  private static final long SESSION_NOT_FOUND = -32001;

  /// MCP 2025-11-25: a page has to be visited first; only for clients that declared elicitation.
  private static final long URL_ELICITATION_REQUIRED = -32042;

  /// What a server complains about to the interceptor, not to its client.
  static final Set<Long> OF_THE_CONNECTION =
      Set.of(
          PARSE_ERROR,
          INVALID_REQUEST,
          SESSION_NOT_FOUND,
          HEADER_MISMATCH,
          UNSUPPORTED_VERSION,
          URL_ELICITATION_REQUIRED);

  private ErrorNumbers() {}
}
