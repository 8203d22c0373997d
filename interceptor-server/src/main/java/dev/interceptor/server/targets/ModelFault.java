package dev.interceptor.server.targets;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.OpenAiError;
import java.io.IOException;
import java.time.Duration;

/// No provider gave an answer that can be used.
///
/// The message is for the operator: it holds no bytes of the peer, no prompt and no key.
public final class ModelFault extends IOException {
  private static final long serialVersionUID = 1L;

  /// What happened.
  public enum Kind {
    /// There was no connection, or it broke.
    UNREACHABLE(ErrorCode.UPSTREAM_UNREACHABLE),
    /// No headers or no further bytes within the time.
    TIMEOUT(ErrorCode.UPSTREAM_TIMEOUT),
    /// The answer is not HTTP, is encoded, redirects, or is too long.
    PROTOCOL(ErrorCode.UPSTREAM_PROTOCOL),
    /// The client left; there is nobody to answer.
    ABANDONED(ErrorCode.UPSTREAM_UNREACHABLE),
    /// The provider's own rate has been used up.
    RATE_LIMITED(ErrorCode.RATE_LIMITED),
    /// The provider has as many requests under way as it may have.
    CONCURRENCY_LIMITED(ErrorCode.CONCURRENCY_LIMITED);

    private final ErrorCode code;

    Kind(ErrorCode code) {
      this.code = code;
    }
  }

  private final Kind kind;
  private final Duration retryAfter;

  ModelFault(Kind kind, String operatorDetail) {
    this(kind, operatorDetail, Duration.ZERO);
  }

  private ModelFault(Kind kind, String operatorDetail, Duration retryAfter) {
    super(operatorDetail);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  static ModelFault protocol(String operatorDetail) {
    return new ModelFault(Kind.PROTOCOL, operatorDetail);
  }

  static ModelFault limited(Admission.Refused refused) {
    Kind kind =
        refused.bound() == Admission.Bound.RATE ? Kind.RATE_LIMITED : Kind.CONCURRENCY_LIMITED;
    return new ModelFault(
        kind, "limit of " + refused.scope() + " is reached", refused.retryAfter());
  }

  public Kind kind() {
    return kind;
  }

  public ErrorCode code() {
    return kind.code;
  }

  /// What the client reads.
  public OpenAiError error() {
    return kind == Kind.RATE_LIMITED || kind == Kind.CONCURRENCY_LIMITED
        ? OpenAiError.limited(kind.code, retryAfter)
        : OpenAiError.of(kind.code, kind.code.publicMessage());
  }

  // Hostile peers can cause these at will: a stack trace would cost more than the exchange.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
