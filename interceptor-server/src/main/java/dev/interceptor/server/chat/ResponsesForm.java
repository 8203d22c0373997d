package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What an event of a Responses stream may look like.
///
/// An event of one type with the members of another is none: what reads it by its members would see
/// more than what reads it by its type.
final class ResponsesForm {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.:/-]{0,128}");
  private static final Set<String> SNAPSHOTS =
      Set.of(
          "response.created",
          "response.queued",
          "response.in_progress",
          "response.completed",
          "response.incomplete",
          "response.failed",
          "response.cancelled");
  private static final Set<String> NOT_IN_SNAPSHOTS = Set.of("item", "part", "delta");
  private static final Set<String> NUMBERED =
      Set.of("output_index", "content_index", "summary_index", "sequence_number", "logprobs");

  /// Most of what is held back of one answer at once, in chars.
  static final int MAX_HELD = 16 * 1024 * 1024;

  private static final int EVENT = 256;
  private static final int NODE = 16;

  private ResponsesForm() {}

  /// What an event takes up while it is held back, in chars: its texts, and something for itself.
  static int size(ObjectNode event) {
    return EVENT + sizeOf(event);
  }

  private static int sizeOf(JsonNode node) {
    int size = NODE + (node.isTextual() ? node.textValue().length() : 0);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      size += member.getKey().length();
    }
    for (JsonNode child : node) {
      size += sizeOf(child);
    }
    return size;
  }

  /// @throws ModelProtocolException if that is more than is held back of one answer
  static void requireHoldable(int held) throws ModelProtocolException {
    if (held > MAX_HELD) {
      throw new ModelProtocolException("an answer of which too much would have to wait");
    }
  }

  /// Whether the event tells the response as it is by then.
  static boolean isSnapshot(String type) {
    return SNAPSHOTS.contains(type);
  }

  static boolean hasItem(String type) {
    return type.equals(ResponsesEvents.ADDED) || type.equals(ResponsesEvents.DONE);
  }

  /// Whether the event begins or ends a part of an item.
  static boolean isOfPart(String type) {
    return type.endsWith("part.added") || type.endsWith("part.done");
  }

  /// The members of an event of a call that are compared with the call.
  static Set<String> decided(String type) {
    return switch (type) {
      case ResponsesEvents.ADDED, ResponsesEvents.DONE -> Set.of("item");
      case "response.function_call_arguments.done" -> Set.of("arguments", "name");
      case "response.custom_tool_call_input.done" -> Set.of("input", "name");
      default -> Set.of("delta");
    };
  }

  /// @throws ModelProtocolException if its members do not fit its type
  static void require(ObjectNode event) throws ModelProtocolException {
    String type = ResponsesItems.type(event);
    if ((event.has("type") && !event.get("type").isTextual()) || !TYPE.matcher(type).matches()) {
      throw new ModelProtocolException("the type of an event is not one");
    }
    if (event.hasNonNull("item") && !hasItem(type)) {
      throw new ModelProtocolException("an event with an item that is of another type");
    }
    if (isSnapshot(type)) {
      boolean whole = event.path("response").isObject();
      if (!whole || NOT_IN_SNAPSHOTS.stream().anyMatch(event::hasNonNull)) {
        throw new ModelProtocolException("an event of a response is not one, or more than that");
      }
    } else if (event.hasNonNull("response")) {
      throw new ModelProtocolException("an event with a response that is of another type");
    }
  }

  /// Whether there is nothing to look at in a member of an event: a short name, a number, or
  /// nothing.
  static boolean isPlain(Map.Entry<String, JsonNode> member) {
    JsonNode value = member.getValue();
    return switch (member.getKey()) {
      case "type", "item_id" ->
          value.isTextual() && value.textValue().length() <= TextScreen.LONGEST_NAME;
      default ->
          NUMBERED.contains(member.getKey())
              && (value.isNumber() || value.isNull() || (value.isArray() && value.isEmpty()));
    };
  }
}
