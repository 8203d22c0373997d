package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/// Checks the types of chat messages' members.
final class Messages {
  static final int MOST = 4096;

  private static final int MOST_CALLS = 256;
  private static final Set<String> ROLES =
      Set.of("developer", "system", "user", "assistant", "tool", "function");
  private static final String ONE_ROLE =
      "one of " + String.join(", ", ROLES.stream().sorted().toList());

  private Messages() {}

  /// How a call's arguments are written.
  enum Format {
    /// As JSON text.
    OPENAI,
    /// As an object.
    OLLAMA
  }

  static void check(ArrayNode messages, Format format) {
    for (int i = 0; i < messages.size(); i++) {
      Place place = Place.ROOT.member("messages").element(i);
      check(Members.object(messages.get(i), place), place, format);
    }
  }

  private static void check(ObjectNode message, Place place, Format format) {
    String role = Members.text(message, place, "role", ONE_ROLE);
    if (!ROLES.contains(role)) {
      throw Members.fault(place.member("role"), "is not known: write " + ONE_ROLE);
    }
    Content.check(message, place, "content");
    Members.optionalText(message, place, "name");
    Members.optionalText(message, place, "refusal");
    if (format == Format.OPENAI && role.equals("tool")) {
      Members.text(message, place, "tool_call_id", "the id of the call that this answers");
    }
    if (role.equals("function")) {
      Members.text(message, place, "name", "the name of the function that this is the result of");
    }
    Members.optionalText(message, place, "tool_call_id");
    Members.optionalText(message, place, "tool_name");
    Members.objects(message, place, "tool_calls", MOST_CALLS, (call, at) -> call(call, at, format));
    Members.optionalObject(message, place, "function_call")
        .ifPresent(call -> function(call, place.member("function_call"), Format.OPENAI));
  }

  private static void call(ObjectNode call, Place place, Format format) {
    Members.optionalText(call, place, "id");
    String type = Members.optionalText(call, place, "type").orElse("function");
    switch (type) {
      case "function" -> {
        ObjectNode function = inner(call, place, "function");
        function(function, place.member("function"), format);
      }
      case "custom" -> {
        ObjectNode custom = inner(call, place, "custom");
        Members.text(custom, place.member("custom"), "name", "the tool's name");
        Members.text(custom, place.member("custom"), "input", "the text that it was called with");
      }
      default ->
          throw Members.fault(place.member("type"), "is not known: write function or custom");
    }
  }

  private static ObjectNode inner(ObjectNode call, Place place, String name) {
    return Members.optionalObject(call, place, name)
        .orElseThrow(() -> Members.fault(place.member(name), "is missing: write {\"name\": …}"));
  }

  private static void function(ObjectNode function, Place place, Format format) {
    Members.text(function, place, "name", "the function's name");
    switch (format) {
      case OPENAI -> Members.text(function, place, "arguments", "the arguments as JSON text");
      case OLLAMA -> {
        Optional<JsonNode> arguments = Members.present(function, "arguments");
        arguments.ifPresent(given -> Members.object(given, place.member("arguments")));
      }
    }
  }
}
