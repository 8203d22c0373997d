package dev.interceptor.server.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A request's texts as a model reads them: neighbours of one role in one piece, so that what is
/// spread over the parts of a message is seen whole; JSON without its escapes.
final class Passages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Passages() {}

  /// @param text of at least one character that is not blank
  record Passage(PromptRole role, String text) {}

  static List<Passage> of(List<? extends PromptText> texts) {
    List<Passage> passages = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    PromptRole role = PromptRole.OTHER;
    for (PromptText text : texts) {
      if (text.role() != role) {
        close(passages, role, open);
        role = text.role();
      }
      append(open, role, text.text());
    }
    close(passages, role, open);
    return passages;
  }

  private static void close(List<Passage> passages, PromptRole role, StringBuilder open) {
    String text = open.toString();
    if (!text.isBlank()) {
      passages.add(new Passage(role, text));
    }
    open.setLength(0);
  }

  private static void append(StringBuilder open, PromptRole role, String text) {
    if (!open.isEmpty()) {
      open.append(isConversation(role) ? "\n" : "\n\n");
    }
    if (!text.startsWith("{") && !text.startsWith("[")) {
      open.append(text);
      return;
    }
    try {
      strings(JSON.readTree(text), open);
    } catch (JsonProcessingException _) {
      open.append(text);
    }
  }

  /// The members of a definition are sentences of their own.
  private static boolean isConversation(PromptRole role) {
    return switch (role) {
      case SYSTEM, DEVELOPER, USER, ASSISTANT, TOOL -> true;
      case DEFINITION, OTHER -> false;
    };
  }

  /// Appends names and values, one a line.
  private static void strings(JsonNode node, StringBuilder out) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
          out.append(member.getKey()).append(": ");
          strings(member.getValue(), out);
        }
      }
      case ARRAY -> node.forEach(element -> strings(element, out));
      default -> out.append(node.asText()).append('\n');
    }
  }
}
