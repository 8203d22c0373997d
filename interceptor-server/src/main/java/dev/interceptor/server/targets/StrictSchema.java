package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Answers reduced to what the OpenAI API documents, with what clients rely on filled in. For one
/// answer of a provider that is not trusted with answers.
///
/// The objects returned share values with those given and are new on each level that can change.
///
/// @param alias what answers say in `model`
/// @param id makes the answer's id where the provider sends none; the same for a whole stream
/// @param trust of the provider that answered; whether errors within answers are kept
public record StrictSchema(String alias, String id, Trust trust) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final List<String> CHAT =
      List.of(
          "id",
          "object",
          "created",
          "model",
          "choices",
          "usage",
          "system_fingerprint",
          "service_tier");
  private static final List<String> CHOICE =
      List.of("index", "message", "finish_reason", "logprobs");
  private static final List<String> CHUNK_CHOICE =
      List.of("index", "delta", "finish_reason", "logprobs");
  private static final List<String> TEXT_CHOICE =
      List.of("text", "index", "finish_reason", "logprobs");
  private static final List<String> MESSAGE =
      List.of(
          "role",
          "content",
          "tool_calls",
          "function_call",
          "refusal",
          "audio",
          "annotations",
          "reasoning",
          "reasoning_content",
          "reasoning_details");
  private static final List<String> OLLAMA =
      List.of(
          "model",
          "created_at",
          "message",
          "done",
          "done_reason",
          "logprobs",
          "total_duration",
          "load_duration",
          "prompt_eval_count",
          "prompt_eval_duration",
          "eval_count",
          "eval_duration");
  private static final List<String> OLLAMA_MESSAGE =
      List.of("role", "content", "thinking", "images", "tool_calls", "tool_name");

  /// `chat.completion`.
  ///
  /// @throws ModelFault PROTOCOL if there are no choices
  public ObjectNode chat(ObjectNode answer) throws ModelFault {
    ObjectNode reduced = completion(answer, "chat.completion", "chatcmpl-", this::choice);
    fillUsage(reduced);
    return reduced;
  }

  /// `chat.completion.chunk`. A chunk without choices may have none, but not lack the member.
  ///
  /// @throws ModelFault PROTOCOL if there are no choices
  public ObjectNode chunk(ObjectNode chunk) throws ModelFault {
    return completion(chunk, "chat.completion.chunk", "chatcmpl-", this::chunkChoice);
  }

  /// `text_completion`, whole or as a chunk.
  ///
  /// @throws ModelFault PROTOCOL if there are no choices
  public ObjectNode text(ObjectNode answer) throws ModelFault {
    return completion(answer, "text_completion", "cmpl-", this::textChoice);
  }

  /// `response`.
  ///
  /// @throws ModelFault PROTOCOL if there is no output
  public ObjectNode response(ObjectNode answer) throws ModelFault {
    requireArray(answer, "output");
    return new ResponseSchema(alias, id, trust).snapshot(answer, "completed");
  }

  /// An event of a response's stream; not for errors, see [ErrorTable#inStream].
  ///
  /// @throws ModelFault PROTOCOL if it has no type
  public ObjectNode event(ObjectNode event) throws ModelFault {
    return new ResponseSchema(alias, id, trust).event(event);
  }

  /// Ollama's answer to `/api/chat`, whole or a line.
  ///
  /// @throws ModelFault PROTOCOL if there is no message and it is not the end
  public ObjectNode ollamaChat(ObjectNode answer) throws ModelFault {
    if (!answer.path("message").isObject() && !answer.path("done").asBoolean(false)) {
      throw ModelFault.protocol("the answer has no `message`");
    }
    ObjectNode reduced = kept(answer, OLLAMA).put("model", alias);
    if (answer.path("message") instanceof ObjectNode message) {
      reduced.set("message", kept(message, OLLAMA_MESSAGE));
    }
    return reduced;
  }

  private ObjectNode completion(
      ObjectNode answer, String object, String prefix, UnaryOperator<ObjectNode> choice)
      throws ModelFault {
    JsonNode choices = requireArray(answer, "choices");
    ObjectNode reduced = kept(answer, CHAT);
    if (!reduced.path("id").isTextual()) {
      reduced.put("id", prefix + id);
    }
    if (!reduced.path("object").isTextual()) {
      reduced.put("object", object);
    }
    if (!reduced.path("created").isNumber()) {
      reduced.put("created", 0);
    }
    reduced.put("model", alias);
    ArrayNode reducedChoices = reduced.putArray("choices");
    int index = 0;
    for (JsonNode each : choices) {
      ObjectNode one = choice.apply(each instanceof ObjectNode given ? given : JSON.objectNode());
      if (!one.path("index").isInt()) {
        one.put("index", index);
      }
      reducedChoices.add(one);
      index++;
    }
    return reduced;
  }

  private ObjectNode choice(ObjectNode choice) {
    ObjectNode reduced = filled(kept(choice, CHOICE), "stop");
    ObjectNode message =
        choice.path("message") instanceof ObjectNode given
            ? kept(given, MESSAGE)
            : JSON.objectNode();
    if (!message.path("role").isTextual()) {
      message.put("role", "assistant");
    }
    if (!message.has("content")) {
      message.putNull("content");
    }
    reduced.set("message", message);
    return reduced;
  }

  private ObjectNode chunkChoice(ObjectNode choice) {
    ObjectNode reduced = filled(kept(choice, CHUNK_CHOICE), null);
    reduced.set(
        "delta",
        choice.path("delta") instanceof ObjectNode delta
            ? kept(delta, MESSAGE)
            : JSON.objectNode());
    return reduced;
  }

  private ObjectNode textChoice(ObjectNode choice) {
    ObjectNode reduced = filled(kept(choice, TEXT_CHOICE), null);
    if (!reduced.path("text").isTextual()) {
      reduced.put("text", "");
    }
    return reduced;
  }

  private static ObjectNode filled(ObjectNode choice, @Nullable String finishReason) {
    if (!choice.has("finish_reason")) {
      choice.put("finish_reason", finishReason);
    }
    if (!choice.has("logprobs")) {
      choice.putNull("logprobs");
    }
    return choice;
  }

  private static void fillUsage(ObjectNode answer) {
    if (!answer.path("usage").isObject()) {
      answer
          .putObject("usage")
          .put("prompt_tokens", 0)
          .put("completion_tokens", 0)
          .put("total_tokens", 0);
    }
  }

  private static JsonNode requireArray(ObjectNode answer, String member) throws ModelFault {
    JsonNode array = answer.path(member);
    if (!array.isArray()) {
      throw ModelFault.protocol("the answer has no `" + member + "`");
    }
    return array;
  }

  /// The members of these names, in the order in which they came.
  static ObjectNode kept(ObjectNode from, List<String> names) {
    ObjectNode reduced = JSON.objectNode();
    from.properties()
        .forEach(member -> {
          if (names.contains(member.getKey())) {
            reduced.set(member.getKey(), member.getValue());
          }
        });
    return reduced;
  }
}
