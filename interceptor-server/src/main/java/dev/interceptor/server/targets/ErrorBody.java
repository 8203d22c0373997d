package dev.interceptor.server.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/// Recognises errors that providers send under a success.
final class ErrorBody {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] MARK = "\"error\"".getBytes(StandardCharsets.US_ASCII);

  /// What no error has beside it.
  private static final List<String> CONTENT =
      List.of("choices", "output", "data", "embedding", "message");

  private ErrorBody() {}

  /// The status that an object amounts to; empty if it is no error.
  static OptionalInt status(JsonNode body) {
    JsonNode error = body.path("error");
    boolean something = error.isObject() || (error.isTextual() && !error.textValue().isEmpty());
    if (!something || CONTENT.stream().anyMatch(body::hasNonNull)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(statusOf(error));
  }

  /// 429 for what speaks of a rate limit, the number for what has one, else 500.
  static int statusOf(JsonNode error) {
    JsonNode code = error.path("code");
    if (code.asText("").startsWith("rate_limit")
        || error.path("type").asText("").startsWith("rate_limit")) {
      return 429;
    }
    int number = code.asInt(0);
    return number >= 400 && number <= 599 ? number : 500;
  }

  /// The same for a whole body, or for the first event of a stream; empty for what is not JSON.
  static OptionalInt status(byte[] text, int from, int to) {
    if (!holdsMark(text, from, to)) {
      return OptionalInt.empty();
    }
    try {
      return status(JSON.readTree(text, from, to - from));
    } catch (JsonProcessingException _) {
      return OptionalInt.empty();
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail to be read", e);
    }
  }

  private static boolean holdsMark(byte[] text, int from, int to) {
    for (int i = from; i <= to - MARK.length; i++) {
      if (text[i] == MARK[0] && Arrays.equals(text, i, i + MARK.length, MARK, 0, MARK.length)) {
        return true;
      }
    }
    return false;
  }
}
