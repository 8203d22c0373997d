package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.PromptRole;

/// Whose words a message or an item is.
final class Roles {
  private Roles() {}

  /// An item of an unknown type counts as a tool's result, the strict reading.
  static PromptRole of(ObjectNode message) {
    String type = message.path("type").asText();
    if (type.isEmpty() || type.equals("message")) {
      return ofName(message.path("role").asText());
    }
    return switch (type) {
      case "reasoning", "compaction", "mcp_approval_request" -> PromptRole.ASSISTANT;
      case "mcp_approval_response", "item_reference" -> PromptRole.USER;
      case "mcp_list_tools", "tool_search_output", "additional_tools" -> PromptRole.DEFINITION;
      default ->
          type.endsWith("_call") && Vocabulary.isKnownType(type)
              ? PromptRole.ASSISTANT
              : PromptRole.TOOL;
    };
  }

  private static PromptRole ofName(String role) {
    return switch (role) {
      case "system" -> PromptRole.SYSTEM;
      case "developer" -> PromptRole.DEVELOPER;
      case "user" -> PromptRole.USER;
      case "assistant" -> PromptRole.ASSISTANT;
      case "tool", "function" -> PromptRole.TOOL;
      default -> PromptRole.OTHER;
    };
  }
}
