package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// Reads members of what a provider answered, which may be anything.
final class AnswerMembers {
  private AnswerMembers() {}

  /// A member's text, empty if it is none.
  static String text(JsonNode object, String name) {
    String text = object.path(name).textValue();
    return text == null ? "" : text;
  }

  /// The choices of an answer or a chunk; none if it has no such member.
  ///
  /// @throws ModelProtocolException if there is anything else
  static List<ObjectNode> choices(ObjectNode answer) throws ModelProtocolException {
    JsonNode choices = answer.path("choices");
    if (answer.hasNonNull("choices") && !choices.isArray()) {
      throw new ModelProtocolException("`choices` is no array");
    }
    List<ObjectNode> objects = new ArrayList<>(choices.size());
    for (JsonNode element : choices) {
      if (!(element instanceof ObjectNode choice)) {
        throw new ModelProtocolException("a choice is no object");
      }
      objects.add(choice);
    }
    return objects;
  }

  /// Makes a `finish_reason` that says nothing `null`.
  ///
  /// @return whether there was one
  static boolean dropUnfinished(ObjectNode choice) {
    if (!choice.hasNonNull("finish_reason") || !text(choice, "finish_reason").isEmpty()) {
      return false;
    }
    choice.putNull("finish_reason");
    return true;
  }

  /// Removes a member that is no text although it should be one; `null` is as good as none.
  ///
  /// @return whether there was one
  static boolean dropUnlessText(ObjectNode object, String name) {
    return object.hasNonNull(name) && !object.path(name).isTextual() && object.remove(name) != null;
  }
}
