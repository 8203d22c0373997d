package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.PromptRole;
import java.util.Optional;

/// What a tool returned, as a message or an item of the request tells it.
///
/// The client tells it: that the tool was called, and that it returned this, is its word.
final class ToolResult {
  private final String callId;
  private final Optional<String> tool;
  private final Optional<String> arguments;
  private final Place place;
  private final RequestWalk walk;

  /// @param content where the result stands; may be missing
  ToolResult(
      String callId, Optional<String> tool, Optional<String> arguments, Spot content, Place place) {
    this.callId = callId;
    this.tool = tool;
    this.arguments = arguments;
    this.place = place;
    this.walk = RequestWalk.of(content, place, PromptRole.TOOL);
  }

  /// The id of the call that it answers, empty where the format has none.
  String callId() {
    return callId;
  }

  /// The tool that was called, if the request says so: by name, or by the call of that id before
  /// it. Of a provider's tool its type without `_call`, such as `web_search`.
  Optional<String> tool() {
    return tool;
  }

  /// The call's arguments as the request has them: a function's JSON text, a custom tool's text.
  Optional<String> arguments() {
    return arguments;
  }

  /// Where it stands, such as `messages[3].content`.
  String place() {
    return place.toString();
  }

  /// The result in the form of MCP, its texts as they are now, for result rules. What is not text
  /// is in it as an image.
  ObjectNode result() {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ArrayNode content = result.putArray("content");
    walk.texts().forEach(text -> content.addObject().put("type", "text").put("text", text.text()));
    walk.media()
        .forEach(medium ->
            content
                .addObject()
                .put("type", "image")
                .put("data", base64(medium.content()))
                .put("mimeType", "application/octet-stream"));
    return result;
  }

  private static String base64(String content) {
    int comma = content.startsWith("data:") ? content.indexOf(',') : -1;
    return content.substring(comma + 1);
  }

  /// Puts what became of `result()` in the place of what it was made of.
  ///
  /// @throws IllegalArgumentException if it has other parts
  void replace(ObjectNode result) {
    JsonNode content = result.path("content");
    int texts = walk.texts().size();
    if (content.size() != texts + walk.media().size()) {
      throw new IllegalArgumentException("the result has other parts than before");
    }
    for (int i = 0; i < texts; i++) {
      String given = content.path(i).path("text").asText();
      RequestText text = walk.texts().get(i);
      if (!given.equals(text.text())) {
        text.replace(given);
      }
    }
    for (int i = texts; i < content.size(); i++) {
      if (content.path(i).path("type").asText().equals("text")) {
        walk.media().get(i - texts).replace(content.path(i).path("text").asText());
      }
    }
  }

  /// Puts an explanation in the place of the whole result.
  void withhold(String explanation) {
    String shown = explanation;
    for (RequestText text : walk.texts()) {
      text.replace(shown);
      shown = "";
    }
    for (RequestMedia medium : walk.media()) {
      medium.replace(shown);
      shown = "";
    }
  }
}
