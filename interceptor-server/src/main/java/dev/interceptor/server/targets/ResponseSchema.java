package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.OpenAiError;
import java.util.List;
import java.util.Map;

/// The part of [StrictSchema] that is about the Responses API.
record ResponseSchema(String alias, String id, Trust trust) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// What a response has where the provider says nothing.
  private static final Map<String, JsonNode> DEFAULTS =
      Map.of(
          "object", JSON.textNode("response"),
          "created_at", JSON.numberNode(0),
          "parallel_tool_calls", JSON.booleanNode(true),
          "tool_choice", JSON.textNode("auto"),
          "truncation", JSON.textNode("disabled"),
          "store", JSON.booleanNode(false),
          "background", JSON.booleanNode(false),
          "service_tier", JSON.textNode("default"));

  /// What a response has as null where the provider says nothing.
  private static final List<String> NULLABLE =
      List.of(
          "completed_at",
          "error",
          "incomplete_details",
          "instructions",
          "max_output_tokens",
          "max_tool_calls",
          "previous_response_id",
          "prompt_cache_key",
          "reasoning",
          "safety_identifier",
          "temperature",
          "top_logprobs",
          "top_p",
          "usage",
          "user");

  private static final List<String> OTHERS =
      List.of(
          "id",
          "status",
          "model",
          "output",
          "tools",
          "text",
          "metadata",
          "conversation",
          "prompt",
          "prompt_cache_retention",
          "presence_penalty",
          "frequency_penalty");

  /// @param status of a response that has none
  ObjectNode snapshot(ObjectNode response, String status) {
    ObjectNode reduced = JSON.objectNode();
    response
        .properties()
        .forEach(member -> {
          if (isKnown(member.getKey())) {
            reduced.set(member.getKey(), member.getValue());
          }
        });
    DEFAULTS.forEach(reduced::putIfAbsent);
    NULLABLE.forEach(name -> reduced.putIfAbsent(name, JSON.nullNode()));
    reduced.putIfAbsent("id", JSON.textNode("resp_" + id));
    reduced.putIfAbsent("status", JSON.textNode(status));
    reduced.putIfAbsent("output", JSON.arrayNode());
    reduced.putIfAbsent("tools", JSON.arrayNode());
    reduced.putIfAbsent("metadata", JSON.objectNode());
    reduced.putIfAbsent("text", plainText());
    reduced.put("model", alias);
    if (!reduced.path("error").isNull() && !trust.keepsErrors()) {
      reduced.set("error", masked(reduced.path("error")));
    }
    return reduced;
  }

  private static boolean isKnown(String name) {
    return DEFAULTS.containsKey(name) || NULLABLE.contains(name) || OTHERS.contains(name);
  }

  private static ObjectNode plainText() {
    ObjectNode text = JSON.objectNode();
    text.putObject("format").put("type", "text");
    return text;
  }

  private static ObjectNode masked(JsonNode error) {
    OpenAiError mask = ErrorTable.mask(ErrorBody.statusOf(error));
    return JSON.objectNode()
        .put("code", mask.status() == 429 ? "rate_limit_exceeded" : "server_error")
        .put("message", mask.message());
  }

  /// @throws ModelFault PROTOCOL if it has no type
  ObjectNode event(ObjectNode event) throws ModelFault {
    String type = event.path("type").asText("");
    if (type.isEmpty()) {
      throw ModelFault.protocol("an event has no `type`");
    }
    ObjectNode reduced = JSON.objectNode();
    reduced.setAll(event);
    if (event.path("response") instanceof ObjectNode response) {
      reduced.set("response", snapshot(response, status(type)));
    }
    return reduced;
  }

  private static String status(String type) {
    return switch (type) {
      case "response.queued" -> "queued";
      case "response.completed" -> "completed";
      case "response.failed" -> "failed";
      case "response.incomplete" -> "incomplete";
      default -> "in_progress";
    };
  }
}
