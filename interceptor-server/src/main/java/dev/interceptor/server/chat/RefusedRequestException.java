package dev.interceptor.server.chat;

import dev.interceptor.server.failure.OpenAiError;

/// A request to a model goes no further. Holds nothing of what the request says.
final class RefusedRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient OpenAiError error;
  private final String reason;

  /// @param reason a word for the log
  RefusedRequestException(String reason, OpenAiError error) {
    super(reason, null, false, false);
    this.reason = reason;
    this.error = error;
  }

  /// 403 that no client shall repeat.
  ///
  /// @param explanation for people; repeats nothing that was found
  static RefusedRequestException denied(String reason, String explanation) {
    return new RefusedRequestException(reason, OpenAiError.denied("policy_violation", explanation));
  }

  /// No such alias, or none that the key may ask for in this format.
  static RefusedRequestException modelNotFound(String asked) {
    return new RefusedRequestException(
        "MODEL_NOT_FOUND",
        OpenAiError.modelNotFound(
            asked.matches("[A-Za-z0-9._:/@-]{1,128}") ? asked : "(name not repeated)"));
  }

  String reason() {
    return reason;
  }

  OpenAiError error() {
    return error;
  }
}
