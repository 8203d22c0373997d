package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/// Something in a request that is not text.
///
/// @param part the content part, item or value that it is
/// @param content as the client wrote it: base64, a URL, an id; empty where there is more than one
record RequestMedia(Unscanned.Kind kind, Place place, Spot part, String content) {
  Unscanned unscanned() {
    return new Unscanned(kind, place.toString());
  }

  /// Puts a text in its place, as a part of the type that its neighbours have.
  void replace(String text) {
    if (!(part.node() instanceof ObjectNode object)) {
      part.set(TextNode.valueOf(text));
      return;
    }
    boolean responses = object.path("type").asText().startsWith("input_");
    object.removeAll();
    object.put("type", responses ? "input_text" : "text").put("text", text);
  }
}
