package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The events of a Responses stream that are made here: those of an item that leaves at once as a
/// whole. They are not numbered yet.
final class ResponsesEvents {
  static final String ADDED = "response.output_item.added";
  static final String DONE = "response.output_item.done";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ResponsesEvents() {}

  /// All events of an item but the last, `response.output_item.done`.
  static List<ObjectNode> before(ObjectNode item, int index) {
    List<ObjectNode> events = new ArrayList<>();
    events.add(item(ADDED, begun(item), index));
    if (ResponsesCalls.isFunction(item)) {
      addCall(events, item, index, "function_call_arguments", "arguments");
    } else if (ResponsesCalls.isCustom(item)) {
      addCall(events, item, index, "custom_tool_call_input", "input");
    } else if (ResponsesItems.type(item).equals("message")) {
      for (int part = 0; part < item.path("content").size(); part++) {
        if (item.path("content").get(part) instanceof ObjectNode content) {
          addPart(events, item, index, part, content);
        }
      }
    }
    return events;
  }

  static ObjectNode done(ObjectNode item, int index) {
    return item(DONE, item, index);
  }

  /// A message of the assistant with one text.
  static ObjectNode message(String id, String text) {
    ObjectNode message = JSON.objectNode();
    message.put("id", id).put("type", "message").put("status", "completed");
    message.put("role", "assistant");
    ObjectNode part = message.putArray("content").addObject();
    part.put("type", "output_text").put("text", text);
    part.putArray("annotations");
    part.putArray("logprobs");
    return message;
  }

  private static ObjectNode begun(ObjectNode item) {
    ObjectNode begun = item.deepCopy();
    begun.put("status", "in_progress");
    empty(begun, Set.of("arguments", "input", "content"));
    return begun;
  }

  /// Empties texts and arrays, which later events bring.
  ///
  /// @return whether there was anything
  static boolean empty(ObjectNode holder, Set<String> members) {
    boolean emptied = false;
    for (String member : members) {
      if (holder.path(member).isTextual() && !holder.path(member).textValue().isEmpty()) {
        holder.put(member, "");
        emptied = true;
      } else if (holder.path(member).isArray() && !holder.path(member).isEmpty()) {
        holder.putArray(member);
        emptied = true;
      }
    }
    return emptied;
  }

  private static void addCall(
      List<ObjectNode> events, ObjectNode item, int index, String kind, String member) {
    String text = AnswerMembers.text(item, member);
    if (!text.isEmpty()) {
      events.add(about("response." + kind + ".delta", item, index).put("delta", text));
    }
    ObjectNode done = about("response." + kind + ".done", item, index).put(member, text);
    events.add(done.put("name", AnswerMembers.text(item, "name")));
  }

  private static void addPart(
      List<ObjectNode> events, ObjectNode item, int index, int at, ObjectNode part) {
    boolean refusal = ResponsesItems.type(part).equals("refusal");
    String member = refusal ? "refusal" : "text";
    String kind = refusal ? "response.refusal" : "response.output_text";
    String text = AnswerMembers.text(part, member);
    ObjectNode empty = part.deepCopy();
    empty(empty, Set.of(member, "annotations", "logprobs"));
    events.add(part("response.content_part.added", item, index, at).set("part", empty));
    ObjectNode delta = part(kind + ".delta", item, index, at).put("delta", text);
    ObjectNode done = part(kind + ".done", item, index, at).put(member, text);
    if (!refusal) {
      delta.putArray("logprobs");
      done.putArray("logprobs");
    }
    events.add(delta);
    events.add(done);
    events.add(part("response.content_part.done", item, index, at).set("part", part.deepCopy()));
  }

  private static ObjectNode part(String type, ObjectNode item, int index, int at) {
    return about(type, item, index).put("content_index", at);
  }

  private static ObjectNode about(String type, ObjectNode item, int index) {
    ObjectNode event = JSON.objectNode().put("type", type);
    return event.put("item_id", AnswerMembers.text(item, "id")).put("output_index", index);
  }

  private static ObjectNode item(String type, ObjectNode item, int index) {
    ObjectNode event = JSON.objectNode().put("type", type).put("output_index", index);
    event.set("item", item);
    return event;
  }
}
