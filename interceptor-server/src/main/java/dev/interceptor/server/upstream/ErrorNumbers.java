package dev.interceptor.server.upstream;

/// JSON-RPC error codes that change what the client does next.
final class ErrorNumbers {
  /// Used by legacy servers for an unknown session, among other things.
  static final long SERVER_ERROR = -32000;

  /// MCP 2026-07-28: a header differs from the body.
  static final long HEADER_MISMATCH = -32020;

  /// MCP 2026-07-28: the protocol version is not supported.
  static final long UNSUPPORTED_VERSION = -32022;

  private ErrorNumbers() {}
}
