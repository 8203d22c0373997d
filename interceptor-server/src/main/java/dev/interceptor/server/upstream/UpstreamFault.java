package dev.interceptor.server.upstream;

import java.io.IOException;

/// An exchange with a tool server did not give an answer that can be used.
///
/// The message is for the operator: it holds no bytes of the peer, no argument and no token.
final class UpstreamFault extends IOException {
  private static final long serialVersionUID = 1L;

  /// What is known about the request.
  enum Kind {
    /// Not one byte of the body left.
    NOT_SENT,
    /// The caller left before one byte of the body did.
    GIVEN_UP,
    /// The deadline passed after the body had begun to leave.
    TIMEOUT,
    /// The caller left after the body had begun to leave.
    ABANDONED,
    /// The connection broke after the body had begun to leave.
    DISCONNECTED,
    /// The answer is not MCP, too long, or for another request.
    PROTOCOL,
    /// The peer answered with an error.
    REFUSED
  }

  private final Kind kind;

  UpstreamFault(Kind kind, String operatorDetail) {
    super(operatorDetail);
    this.kind = kind;
  }

  static UpstreamFault protocol(String operatorDetail) {
    return new UpstreamFault(Kind.PROTOCOL, operatorDetail);
  }

  static UpstreamFault refused(String operatorDetail) {
    return new UpstreamFault(Kind.REFUSED, operatorDetail);
  }

  Kind kind() {
    return kind;
  }

  String operatorDetail() {
    return String.valueOf(getMessage());
  }

  // Hostile peers can cause these at will: a stack trace would cost more than the exchange.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
