package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// Checks texts that are given as a string, strings, token numbers, or arrays of those.
final class Inputs {
  private static final int MOST = 1_000_000;

  private Inputs() {}

  static void check(ObjectNode body, String name) {
    Optional<JsonNode> value = Members.present(body, name);
    if (value.isEmpty() || value.get().isTextual()) {
      return;
    }
    Place place = Place.ROOT.member(name);
    if (!value.get().isArray()) {
      throw Members.fault(place, "cannot be used: write a string, or an array of strings");
    }
    ArrayNode elements = Members.array(body, Place.ROOT, name, MOST).orElseThrow();
    for (int i = 0; i < elements.size(); i++) {
      JsonNode element = elements.get(i);
      if (!element.isTextual() && !element.isInt() && !isTokens(element)) {
        throw Members.fault(place.element(i), "cannot be used: write a string");
      }
    }
  }

  private static boolean isTokens(JsonNode element) {
    if (!element.isArray() || element.isEmpty()) {
      return false;
    }
    for (JsonNode token : element) {
      if (!token.isInt()) {
        return false;
      }
    }
    return true;
  }
}
