package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interceptor.server.guard.PromptRole;
import dev.interceptor.server.guard.PromptText;

/// One text of a request, where it stands.
///
/// @param name of the member that holds it, or holds the array that it stands in; empty for the
///   name of a member, and in a tool's definition, where names describe
record RequestText(Place place, PromptRole role, Form form, String name, Spot spot)
    implements PromptText {
  @Override
  public String text() {
    JsonNode node = spot.node();
    return node.isContainerNode() ? node.toString() : node.asText();
  }

  @Override
  public void replace(String text) {
    if (!spot.node().isContainerNode()) {
      spot.set(TextNode.valueOf(text));
      return;
    }
    try {
      spot.set(RequestBody.MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("what stands in the place of JSON is not JSON");
    }
  }
}
