package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.OpenAiError;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.targets.Dialect;
import dev.interceptor.server.targets.ErrorTable;
import dev.interceptor.server.targets.ModelAnswer;
import dev.interceptor.server.targets.Trust;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// What a client hears of a provider's errors. Those of a provider that is trusted with errors are
/// repeated, but only if nothing in them would have been redacted.
record ProviderErrors(Dialect dialect, AnswerRedaction redaction) {
  private static final int LONGEST = 64 * 1024;

  /// An error in the place of an answer.
  @SuppressWarnings("ArrayRecordComponent") // Written once and not compared.
  record Told(int status, Map<String, String> headers, byte[] body) {}

  /// @param answer a failure
  Told whole(ModelAnswer answer) throws IOException {
    int status = answer.failure().orElseThrow();
    OpenAiError masked = ErrorTable.mask(answer);
    if (answer.trust().keepsErrors()) {
      byte[] body = answer.body().readNBytes(LONGEST);
      if (isHarmlessJson(body)) {
        return new Told(status, masked.headers(), body);
      }
    }
    return new Told(
        masked.status(),
        masked.headers(),
        ModelEvents.bytes(dialect.isOllama() ? masked.ollama() : masked.envelope()));
  }

  /// @return the error that an event tells, empty if it tells none
  Optional<ObjectNode> inStream(ObjectNode event, Trust trust) {
    return ErrorTable.inStream(event, dialect, trust)
        .map(error ->
            isHarmless(error)
                ? error
                : ErrorTable.inStream(event, dialect, Trust.NONE).orElseThrow());
  }

  private boolean isHarmless(JsonNode said) {
    if (said.isTextual()) {
      return redaction.whole(said.textValue()).equals(said.textValue());
    }
    for (JsonNode part : said) {
      if (!isHarmless(part)) {
        return false;
      }
    }
    return true;
  }

  private boolean isHarmlessJson(byte[] body) {
    try {
      return isHarmless(ModelEvents.parsed(body));
    } catch (IOException _) {
      return false;
    }
  }
}
