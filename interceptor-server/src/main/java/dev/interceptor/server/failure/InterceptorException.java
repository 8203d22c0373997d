package dev.interceptor.server.failure;

import org.jspecify.annotations.Nullable;

/// A decision could not be reached or acted on. It never permits.
///
/// `getMessage()` is for the operator and is never sent; the client reads the code's public
/// message, or the explanation of a malformed request, which is written for it.
public final class InterceptorException extends RuntimeException {
  private final ErrorCode code;
  private final String publicDetail;

  private InterceptorException(
      ErrorCode code, String publicDetail, String operatorDetail, @Nullable Throwable cause) {
    super(operatorDetail, cause);
    this.code = code;
    this.publicDetail = publicDetail;
  }

  /// @param operatorDetail what the operator reads in the log; no secrets
  public static InterceptorException of(ErrorCode code, String operatorDetail) {
    return new InterceptorException(code, code.publicMessage(), operatorDetail, null);
  }

  /// @param operatorDetail what the operator reads in the log; no secrets
  public static InterceptorException of(ErrorCode code, String operatorDetail, Throwable cause) {
    return new InterceptorException(code, code.publicMessage(), operatorDetail, cause);
  }

  /// A fault of the request that the client can mend.
  ///
  /// @param explanation names the member and says what to write instead; goes to the client
  public static InterceptorException malformed(String explanation) {
    return new InterceptorException(ErrorCode.MALFORMED_REQUEST, explanation, explanation, null);
  }

  public ErrorCode code() {
    return code;
  }

  /// What the client may read.
  public String publicDetail() {
    return publicDetail;
  }
}
