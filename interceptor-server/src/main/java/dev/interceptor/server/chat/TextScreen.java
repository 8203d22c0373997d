package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.Map;
import java.util.Set;

/// Redacts every text and every member's name in a part of an answer whose form is not known in
/// detail.
///
/// *Does not*: look at what only names a thing (`type`, `id`, `call_id` and the like, up to {@value
/// #LONGEST_NAME} characters), at encrypted content and images, or at numbers. Recursive: for trees
/// of bounded depth.
final class TextScreen {
  static final int LONGEST_NAME = 128;

  private static final int SHORTEST_TEXT = 4;
  private static final Set<String> NAMES =
      Set.of(
          "type",
          "id",
          "call_id",
          "tool_call_id",
          "item_id",
          "file_id",
          "response_id",
          "previous_response_id",
          "approval_request_id",
          "container_id",
          "connector_id",
          "object",
          "status",
          "role",
          "model",
          "phase");
  private static final Set<String> OPAQUE =
      Set.of("encrypted_content", "partial_image_b64", "b64_json");

  private final AnswerRedaction redaction;

  TextScreen(AnswerRedaction redaction) {
    this.redaction = redaction;
  }

  /// @return the same object if nothing was found
  JsonNode redacted(JsonNode node) {
    return redacted("", node);
  }

  /// Redacts the object's members in place, but for those in `except`.
  ///
  /// @return whether anything was replaced
  boolean redact(ObjectNode object, Set<String> except) {
    boolean changed = false;
    ObjectNode seen = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      boolean kept = except.contains(member.getKey());
      String name = kept ? member.getKey() : text(member.getKey());
      JsonNode value = kept ? member.getValue() : redacted(member.getKey(), member.getValue());
      while (seen.has(name)) {
        name += "_";
      }
      seen.set(name, value);
      changed |= !value.equals(member.getValue()) || !name.equals(member.getKey());
    }
    if (changed) {
      object.removeAll();
      object.setAll(seen);
    }
    return changed;
  }

  private JsonNode redacted(String name, JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        ObjectNode copy = JsonNodeFactory.instance.objectNode().setAll(object);
        yield redact(copy, Set.of()) ? copy : object;
      }
      case ArrayNode array -> {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
        array.forEach(element -> copy.add(redacted(name, element)));
        yield copy.equals(array) ? array : copy;
      }
      case TextNode text when !isLeftAlone(name, text.textValue()) -> {
        String seen = text(text.textValue());
        yield seen.equals(text.textValue()) ? text : TextNode.valueOf(seen);
      }
      default -> node;
    };
  }

  private static boolean isLeftAlone(String name, String text) {
    return OPAQUE.contains(name) || (NAMES.contains(name) && text.length() <= LONGEST_NAME);
  }

  private String text(String text) {
    return text.length() < SHORTEST_TEXT ? text : redaction.whole(text);
  }
}
