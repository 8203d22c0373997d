package dev.interceptor.server.failure;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// An error as OpenAI's clients read it: what the client may know and no more.
///
/// @param param the member of the request that is wrong
/// @param headers that belong to it, names in lower case
public record OpenAiError(
    int status,
    String type,
    String message,
    Optional<String> param,
    Optional<String> code,
    Map<String, String> headers) {
  private static final String INVALID_REQUEST = "invalid_request_error";
  private static final Map<String, String> FINAL = Map.of("x-should-retry", "false");

  public OpenAiError {
    headers = Map.copyOf(headers);
  }

  /// Anything that is not an `InterceptorException` is INTERNAL; its message stays inside.
  public static OpenAiError of(Throwable failure) {
    return failure instanceof InterceptorException known
        ? of(known.code(), known.publicDetail())
        : of(ErrorCode.INTERNAL, "");
  }

  /// @param detail what the client may read; not used where the status says all
  public static OpenAiError of(ErrorCode code, String detail) {
    return switch (code) {
      case MALFORMED_REQUEST -> invalid(400, "bad_request", detail);
      case UNAUTHENTICATED ->
          invalid(401, "invalid_api_key", "The API key is missing or not accepted.");
      case POLICY_DENIED -> denied("policy_denied", detail);
      case APPROVAL_REQUIRED -> denied("approval_required", detail);
      case FORBIDDEN_ORIGIN -> denied("forbidden", detail);
      case NOT_FOUND, UNKNOWN_UPSTREAM -> invalid(404, "not_found", detail);
      case SESSION_CONFLICT, POLICY_CONFLICT, APPROVAL_CLOSED, DEFINITION_CONFLICT ->
          invalid(409, "conflict", detail);
      case PAYLOAD_TOO_LARGE -> invalid(413, "payload_too_large", detail);
      case UNSUPPORTED_MEDIA_TYPE -> invalid(415, "unsupported_media_type", detail);
      case POLICY_INVALID -> invalid(422, "unprocessable_request", detail);
      case RATE_LIMITED, CONCURRENCY_LIMITED -> limited(code, Duration.ofSeconds(1));
      case INTERNAL, UPSTREAM_UNREACHABLE, UPSTREAM_PROTOCOL ->
          own(
              code.status(),
              "internal_error",
              "An internal error occurred. Please try again later.");
      case STATE_UNAVAILABLE,
          POLICY_UNAVAILABLE,
          AUDIT_UNAVAILABLE,
          SIGNING_UNAVAILABLE,
          GUARD_UNAVAILABLE ->
          own(503, "service_unavailable", "An internal error occurred. Please try again later.");
      case UPSTREAM_TIMEOUT ->
          own(
              504,
              "gateway_timeout",
              "The upstream service took too long to respond. Please try again.");
    };
  }

  /// 403 that no client shall repeat.
  ///
  /// @param code tells programs why
  /// @param explanation for people; repeats nothing that was found
  public static OpenAiError denied(String code, String explanation) {
    return new OpenAiError(
        403, INVALID_REQUEST, explanation, Optional.empty(), Optional.of(code), FINAL);
  }

  /// 400 naming the member that is wrong.
  public static OpenAiError badMember(String param, String explanation) {
    return new OpenAiError(
        400,
        INVALID_REQUEST,
        explanation,
        Optional.of(param),
        Optional.of("bad_request"),
        Map.of());
  }

  /// The same for a model that does not exist and one that the key may not use.
  public static OpenAiError modelNotFound(String model) {
    return new OpenAiError(
        404,
        INVALID_REQUEST,
        "The model `" + model + "` does not exist or you do not have access to it.",
        Optional.of("model"),
        Optional.of("model_not_found"),
        Map.of());
  }

  /// 429 of our own.
  ///
  /// @param code RATE_LIMITED or CONCURRENCY_LIMITED
  /// @param retryAfter rounded up to whole seconds in `retry-after`, at least 1
  public static OpenAiError limited(ErrorCode code, Duration retryAfter) {
    boolean rate = code == ErrorCode.RATE_LIMITED;
    long millis = Math.max(1, retryAfter.toMillis());
    return new OpenAiError(
        429,
        "rate_limit_error",
        rate
            ? "You are sending requests too quickly. Please slow down."
            : "Too many concurrent requests. Please wait for some requests to complete before"
                + " sending more.",
        Optional.empty(),
        Optional.of(rate ? "rate_limit" : "concurrency_limit_exceeded"),
        Map.of(
            "retry-after", Long.toString((millis + 999) / 1000),
            "retry-after-ms", Long.toString(millis)));
  }

  private static OpenAiError invalid(int status, String code, String message) {
    return new OpenAiError(
        status, INVALID_REQUEST, message, Optional.empty(), Optional.of(code), Map.of());
  }

  private static OpenAiError own(int status, String code, String message) {
    return new OpenAiError(
        status, "internal_error", message, Optional.empty(), Optional.of(code), Map.of());
  }

  /// `{"error":{…}}`, the body on `/v1` and of an event in a stream.
  public ObjectNode envelope() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode error = body.putObject("error");
    error.put("message", message).put("type", type);
    error.put("param", param.orElse(null)).put("code", code.orElse(null));
    return body;
  }

  /// `{"error":"text"}`, the body on `/api`.
  public ObjectNode ollama() {
    return JsonNodeFactory.instance.objectNode().put("error", message);
  }
}
