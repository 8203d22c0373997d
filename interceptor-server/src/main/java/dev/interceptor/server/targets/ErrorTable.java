package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.OpenAiError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a client reads in the place of an error of a provider that is not trusted with errors:
/// nothing that the provider said, and nothing about the account at the provider.
public final class ErrorTable {
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");
  private static final String RETRY_AFTER = "retry-after";

  private static final List<String> OF_ERRORS =
      List.of("error", "type", "code", "message", "param", "sequence_number");

  private ErrorTable() {}

  /// @param upstreamStatus 400 to 599
  public static OpenAiError mask(int upstreamStatus) {
    return switch (upstreamStatus) {
      case 400 -> masked(400, "invalid_request_error", "Invalid request");
      case 401, 402, 403, 451, 502 -> masked(502, "api_error", "Bad gateway");
      case 404 -> masked(404, "not_found_error", "Not found");
      case 408, 504 -> masked(504, "api_error", "Gateway timeout");
      case 413 -> masked(413, "invalid_request_error", "Request too large");
      case 422 -> masked(422, "invalid_request_error", "Unprocessable request");
      case 429 -> masked(429, "rate_limit_error", "Rate limit exceeded");
      case 500 -> masked(500, "api_error", "Internal server error");
      case 503 -> masked(503, "api_error", "Service unavailable");
      default ->
          masked(
              upstreamStatus,
              upstreamStatus < 500 ? "invalid_request_error" : "api_error",
              "An error occurred");
    };
  }

  /// The mask of an answer that failed, with the seconds of its `retry-after` if it is a 429 or
  /// 503.
  ///
  /// @throws java.util.NoSuchElementException if the answer is no failure
  public static OpenAiError mask(ModelAnswer answer) {
    OpenAiError mask = mask(answer.failure().orElseThrow());
    Optional<String> wait =
        mask.status() == 429 || mask.status() == 503
            ? answer.header(RETRY_AFTER).filter(text -> SECONDS.matcher(text).matches())
            : Optional.empty();
    return wait.map(seconds -> withHeaders(mask, Map.of(RETRY_AFTER, seconds))).orElse(mask);
  }

  /// The event to send alone in the place of an error in a stream, by the provider's trust; empty
  /// if `event` is no error.
  ///
  /// @param event a chunk, an event of a response, or a line
  public static Optional<ObjectNode> inStream(ObjectNode event, Dialect dialect, Trust trust) {
    boolean ofResponse = dialect == Dialect.RESPONSES && isNamedError(event);
    JsonNode error = event.path("error");
    boolean something = error.isObject() || (error.isTextual() && !error.textValue().isEmpty());
    if (!ofResponse && !something) {
      return Optional.empty();
    }
    if (trust.keepsErrors()) {
      return Optional.of(alone(event, dialect));
    }
    OpenAiError mask = mask(ErrorBody.statusOf(something ? error : event));
    if (dialect.isOllama()) {
      return Optional.of(mask.ollama());
    }
    return Optional.of(ofResponse ? ofResponse(event, mask) : mask.envelope());
  }

  /// The event without what is no part of an error: a call beside it would pass undecided.
  private static ObjectNode alone(ObjectNode event, Dialect dialect) {
    ObjectNode alone = StrictSchema.kept(event, OF_ERRORS);
    if (alone.size() == event.size()
        && (dialect != Dialect.RESPONSES || isNamedError(event) || !event.has("type"))) {
      return event;
    }
    if (dialect == Dialect.RESPONSES) {
      alone.put("type", "error");
    }
    return alone;
  }

  private static boolean isNamedError(ObjectNode event) {
    return event.path("type").asText("").equals("error");
  }

  private static ObjectNode ofResponse(ObjectNode event, OpenAiError mask) {
    ObjectNode masked = JsonNodeFactory.instance.objectNode();
    masked.put("type", "error").putNull("code");
    masked.put("message", mask.message()).putNull("param");
    masked.set("sequence_number", event.path("sequence_number"));
    // Where only the members above are there, two SDKs throw no error of theirs.
    masked.setAll(mask.envelope());
    return masked;
  }

  private static OpenAiError masked(int status, String type, String message) {
    return new OpenAiError(status, type, message, Optional.empty(), Optional.empty(), Map.of());
  }

  private static OpenAiError withHeaders(OpenAiError error, Map<String, String> headers) {
    return new OpenAiError(
        error.status(), error.type(), error.message(), error.param(), error.code(), headers);
  }
}
