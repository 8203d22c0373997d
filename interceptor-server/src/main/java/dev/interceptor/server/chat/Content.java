package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/// Checks the types of what messages and items hold: a string, or parts.
final class Content {
  private static final int MOST_PARTS = 4096;
  private static final Set<String> TEXT_PARTS =
      Set.of("text", "input_text", "output_text", "reasoning_text", "summary_text");

  private Content() {}

  static void check(ObjectNode holder, Place place, String name) {
    Optional<JsonNode> content = Members.present(holder, name);
    if (content.isEmpty() || content.get().isTextual()) {
      return;
    }
    Place at = place.member(name);
    if (!content.get().isArray()) {
      throw Members.fault(at, "is neither a string nor an array of parts: write \"…\"");
    }
    ArrayNode parts = Members.array(holder, place, name, MOST_PARTS).orElseThrow();
    for (int i = 0; i < parts.size(); i++) {
      part(Members.object(parts.get(i), at.element(i)), at.element(i));
    }
  }

  private static void part(ObjectNode part, Place place) {
    String type = Members.text(part, place, "type", "the part's type, such as text");
    if (TEXT_PARTS.contains(type)) {
      Members.text(part, place, "text", "the part's text");
    }
    if (type.equals("refusal")) {
      Members.text(part, place, "refusal", "the refusal's text");
    }
  }
}
