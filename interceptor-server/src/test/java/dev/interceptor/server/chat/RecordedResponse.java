package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// The events in which a provider streams a whole Responses answer.
final class RecordedResponse {
  private final Random random;
  private final List<ObjectNode> events = new ArrayList<>();

  private RecordedResponse(Random random) {
    this.random = random;
  }

  /// @param cuts where texts are cut into deltas
  static List<ObjectNode> streamed(ObjectNode response, Random cuts) {
    var recorded = new RecordedResponse(cuts);
    recorded.record(response);
    return recorded.events;
  }

  private void record(ObjectNode response) {
    ObjectNode begun = response.deepCopy();
    begun.put("status", "in_progress").putArray("output");
    event("response.created").set("response", begun);
    event("response.in_progress").set("response", begun.deepCopy());
    int index = 0;
    for (JsonNode item : response.path("output")) {
      record((ObjectNode) item, index++);
    }
    event("response.completed").set("response", response.deepCopy());
  }

  private ObjectNode event(String type) {
    ObjectNode event = SentEvents.json("{}");
    event.put("type", type).put("sequence_number", events.size());
    events.add(event);
    return event;
  }

  private ObjectNode event(String type, ObjectNode item, int index) {
    return event(type).put("item_id", item.path("id").asText()).put("output_index", index);
  }

  private void record(ObjectNode item, int index) {
    ObjectNode begun = item.deepCopy();
    begun.put("status", "in_progress");
    ResponsesEvents.empty(
        begun, Set.of("content", "summary", "arguments", "input", "code", "output", "action"));
    event("response.output_item.added").put("output_index", index).set("item", begun);
    parts(item, index, "content", "content_index", "response.content_part");
    parts(item, index, "summary", "summary_index", "response.reasoning_summary_part");
    switch (item.path("type").asText()) {
      case "function_call" -> text(item, index, "response.function_call_arguments", "arguments");
      case "custom_tool_call" -> text(item, index, "response.custom_tool_call_input", "input");
      case "mcp_call" -> text(item, index, "response.mcp_call_arguments", "arguments");
      case "code_interpreter_call" ->
          text(item, index, "response.code_interpreter_call_code", "code");
      case "web_search_call" -> event("response.web_search_call.searching", item, index);
      default -> {}
    }
    event("response.output_item.done").put("output_index", index).set("item", item.deepCopy());
  }

  private void text(ObjectNode item, int index, String kind, String member) {
    String text = item.path(member).asText();
    for (String piece : RecordedChat.pieces(text, random)) {
      event(kind + ".delta", item, index).put("delta", piece);
    }
    event(kind + ".done", item, index).put(member, text);
  }

  private void parts(ObjectNode item, int index, String member, String place, String events) {
    int at = 0;
    for (JsonNode element : item.path(member)) {
      var part = (ObjectNode) element;
      ObjectNode begun = part.deepCopy();
      ResponsesEvents.empty(begun, Set.of("text", "refusal", "annotations", "logprobs"));
      event(events + ".added", item, index).put(place, at).set("part", begun);
      String kind =
          switch (part.path("type").asText()) {
            case "output_text" -> "response.output_text";
            case "refusal" -> "response.refusal";
            case "summary_text" -> "response.reasoning_summary_text";
            default -> "response.reasoning_text";
          };
      String name = kind.equals("response.refusal") ? "refusal" : "text";
      for (String piece : RecordedChat.pieces(part.path(name).asText(), random)) {
        event(kind + ".delta", item, index).put(place, at).put("delta", piece);
      }
      event(kind + ".done", item, index).put(place, at).put(name, part.path(name).asText());
      event(events + ".done", item, index).put(place, at).set("part", part.deepCopy());
      at++;
    }
  }
}
