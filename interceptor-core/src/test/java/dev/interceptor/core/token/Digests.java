package dev.interceptor.core.token;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.Continuation;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a tool server computes over the call it received.
final class Digests {
  private Digests() {}

  /// `p_hash`; no arguments and null are `{}`.
  static Sha256 of(@Nullable String arguments) {
    JsonValue value = arguments == null ? JsonNull.NULL : parse(arguments);
    return value instanceof JsonObject object
        ? Arguments.of(object).digest()
        : Arguments.none().digest();
  }

  /// `r_hash`: over those of the two parts that the call has.
  static Optional<Sha256> ofRequest(
      @Nullable String inputResponses, @Nullable String requestState) {
    var params = new LinkedHashMap<String, JsonValue>();
    if (inputResponses != null) {
      params.put("inputResponses", parse(inputResponses));
    }
    if (requestState != null) {
      params.put("requestState", parse(requestState));
    }
    return Continuation.of(new JsonObject(params)).map(Continuation::digest);
  }

  private static JsonValue parse(String text) {
    try {
      return StrictJson.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
