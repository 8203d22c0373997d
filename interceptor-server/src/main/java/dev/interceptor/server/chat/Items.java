package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/// Checks the types of the input items of a response.
final class Items {
  private static final Set<String> ROLES = Set.of("assistant", "developer", "system", "user");
  private static final String ONE_ROLE =
      "one of " + String.join(", ", ROLES.stream().sorted().toList());

  private Items() {}

  static void check(ObjectNode item, Place place) {
    String type = Members.optionalText(item, place, "type").orElse("");
    switch (type) {
      case "", "message" -> message(item, place, type);
      case "function_call" -> {
        call(item, place);
        Members.text(item, place, "arguments", "the arguments as JSON text");
      }
      case "custom_tool_call" -> {
        call(item, place);
        Members.text(item, place, "input", "the text that it was called with");
      }
      case "function_call_output", "custom_tool_call_output" -> {
        Members.text(item, place, "call_id", "the id of the call that this answers");
        Content.check(item, place, "output");
      }
      case "mcp_call" -> {
        Members.text(item, place, "name", "the tool's name");
        Members.text(item, place, "arguments", "the arguments as JSON text");
        Members.optionalText(item, place, "output");
      }
      case "item_reference" -> Members.text(item, place, "id", "the id of an item");
      case "reasoning" -> {
        Content.check(item, place, "summary");
        Content.check(item, place, "content");
        Members.optionalText(item, place, "encrypted_content");
      }
      default -> Members.optionalText(item, place, "call_id");
    }
    Tools.itemTools(item, place, type);
  }

  /// A message, or nothing but the id of an item.
  private static void message(ObjectNode item, Place place, String type) {
    Optional<JsonNode> role = Members.present(item, "role");
    if (type.isEmpty() && role.isEmpty() && !item.has("content")) {
      Members.text(item, place, "id", "`role` and `content`, a `type`, or the id of an item");
      return;
    }
    String given = Members.text(item, place, "role", ONE_ROLE);
    if (!ROLES.contains(given)) {
      throw Members.fault(place.member("role"), "is not known: write " + ONE_ROLE);
    }
    Content.check(item, place, "content");
  }

  private static void call(ObjectNode item, Place place) {
    Members.text(item, place, "call_id", "the id of the call");
    Members.text(item, place, "name", "the tool's name");
  }
}
