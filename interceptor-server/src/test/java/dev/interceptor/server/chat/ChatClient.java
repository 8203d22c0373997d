package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Puts a chat completion together from its chunks the way SDKs do.
final class ChatClient {
  private static final List<String> TEXTS =
      List.of("reasoning_content", "reasoning", "content", "refusal");

  private final Map<Integer, ObjectNode> choices = new TreeMap<>();

  private ChatClient() {}

  /// @return by choice: texts, `calls` in the order of their indexes, and `finish_reason`
  static Map<Integer, ObjectNode> assembled(List<ObjectNode> chunks) {
    var client = new ChatClient();
    for (ObjectNode chunk : chunks) {
      chunk.path("choices").forEach(choice -> client.take((ObjectNode) choice));
    }
    return client.choices;
  }

  /// The text of all choices.
  static String content(List<ObjectNode> chunks) {
    StringBuilder text = new StringBuilder();
    assembled(chunks).values().forEach(choice -> text.append(choice.path("content").asText("")));
    return text.toString();
  }

  /// The same of an answer in one piece.
  static Map<Integer, ObjectNode> ofWhole(ObjectNode answer) {
    Map<Integer, ObjectNode> choices = new TreeMap<>();
    for (JsonNode choice : answer.path("choices")) {
      ObjectNode made = JsonNodeFactory.instance.objectNode();
      JsonNode message = choice.path("message");
      for (String field : TEXTS) {
        if (!message.path(field).asText("").isEmpty()) {
          made.set(field, message.path(field));
        }
      }
      if (message.has("tool_calls")) {
        made.set("calls", message.path("tool_calls"));
      }
      if (message.has("function_call")) {
        made.set("function_call", message.path("function_call"));
      }
      made.set("finish_reason", choice.path("finish_reason"));
      choices.put(choice.path("index").asInt(), made);
    }
    return choices;
  }

  private void take(ObjectNode choice) {
    ObjectNode made =
        choices.computeIfAbsent(
            choice.path("index").asInt(), _ -> JsonNodeFactory.instance.objectNode());
    if (made.has("finish_reason")) {
      throw new AssertionError("a choice goes on after its end: " + choice);
    }
    JsonNode delta = choice.path("delta");
    for (String field : TEXTS) {
      String piece = delta.path(field).asText("");
      if (!piece.isEmpty()) {
        if (made.has("calls")) {
          throw new AssertionError("text after a call");
        }
        made.put(field, made.path(field).asText("") + piece);
      }
    }
    for (JsonNode call : delta.path("tool_calls")) {
      var calls = made.withArrayProperty("calls");
      if (!call.path("index").isInt() || call.path("index").asInt() != calls.size()) {
        throw new AssertionError("a gap before " + call.path("index"));
      }
      calls.add(((ObjectNode) call).deepCopy().without("index"));
    }
    if (delta.path("function_call").isObject()) {
      made.set("function_call", delta.path("function_call"));
    }
    if (choice.hasNonNull("finish_reason")) {
      made.set("finish_reason", choice.path("finish_reason"));
    }
  }
}
