package dev.interceptor.server.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a guard model on an Ollama server. Anything but an answer that can be read is no verdict.
final class RemoteJudge implements TextJudge {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteJudge.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST = 6_000;

  /// Tokens that the model reads; what goes beyond, Ollama would cut off silently.
  private static final int CONTEXT = 16_384;

  private static final int LONGEST_ANSWER = 512;

  private final GuardServer server;
  private final String model;
  private final GuardFamily family;

  RemoteJudge(GuardServer server, String model, GuardFamily family) {
    this.server = server;
    this.model = model;
    this.family = family;
  }

  @Override
  public int longest() {
    return LONGEST;
  }

  @Override
  public Optional<String> flaw(String text, Sensitivity sensitivity) {
    return switch (family.read(ask(text))) {
      case GuardFamily.Answer.Safe _ -> Optional.empty();
      case GuardFamily.Answer.Unsafe unsafe ->
          sensitivity == Sensitivity.LOW && !unsafe.grave()
              ? Optional.empty()
              : Optional.of(unsafe.kind());
      case GuardFamily.Answer.Unreadable _ ->
          throw unavailable("answered what cannot be read as a verdict");
    };
  }

  private String ask(String text) {
    GuardServer.Answer answer;
    try {
      answer = server.post("/api/chat", JSON.writeValueAsBytes(question(text)));
    } catch (IOException e) {
      throw InterceptorException.of(
          ErrorCode.GUARD_UNAVAILABLE, "the guard model " + model + " could not be asked", e);
    }
    if (answer.status() == 404) {
      LOG.warn(
          "the guard model {} is not on its server yet; prompts are refused until then", model);
      throw unavailable("is not on its server; it is being pulled, or its name is wrong");
    }
    if (answer.status() != 200) {
      throw unavailable("answered with the status " + answer.status());
    }
    return content(answer.body());
  }

  private ObjectNode question(String text) {
    ObjectNode question = JSON.createObjectNode().put("model", model).put("stream", false);
    question
        .putObject("options")
        .put("temperature", 0)
        .put("seed", 0)
        .put("num_ctx", CONTEXT)
        .put("num_predict", LONGEST_ANSWER);
    ArrayNode messages = question.putArray("messages");
    if (!family.instruction().isEmpty()) {
      messages.addObject().put("role", "system").put("content", family.instruction());
    }
    messages.addObject().put("role", "user").put("content", text);
    return question;
  }

  private String content(String body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw unavailable("answered what is not JSON");
    }
    JsonNode content = answer.path("message").path("content");
    if (answer.has("error") || !content.isTextual() || !answer.path("done").asBoolean()) {
      throw unavailable("did not answer in Ollama's format");
    }
    if (answer.path("prompt_eval_count").asInt() + LONGEST_ANSWER >= CONTEXT) {
      throw unavailable("may not have read the whole text");
    }
    return content.textValue();
  }

  private InterceptorException unavailable(String why) {
    return InterceptorException.of(
        ErrorCode.GUARD_UNAVAILABLE, "the guard model " + model + " " + why);
  }
}
