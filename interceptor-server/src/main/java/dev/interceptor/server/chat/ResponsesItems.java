package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.Map;
import java.util.Set;

/// The texts of a Responses answer: of its output items that are no calls, each as a whole, and of
/// what is around them. They are redacted in place.
final class ResponsesItems {
  /// Most texts of one streamed answer.
  static final int MAX_TEXTS = 4096;

  static final String OUTPUT_TEXT = "response.output_text.delta";
  static final String REFUSAL = "response.refusal.delta";
  static final String REASONING = "response.reasoning_text.delta";
  static final String SUMMARY = "response.reasoning_summary_text.delta";
  static final String MCP_ARGUMENTS = "response.mcp_call_arguments.delta";
  static final String CODE = "response.code_interpreter_call_code.delta";

  private static final Set<String> CALL_NAMES = Set.of("name", "namespace", "call_id");
  private static final Set<String> COPIES = Set.of("annotations", "logprobs");
  private static final Set<String> PART_TEXT = Set.of("text", "refusal", "logprobs");

  /// What a response repeats of its request, and what is redacted item by item.
  private static final Set<String> ECHOES =
      Set.of(
          "output",
          "output_text",
          "id",
          "object",
          "status",
          "model",
          "instructions",
          "tools",
          "tool_choice",
          "text",
          "reasoning",
          "metadata",
          "prompt",
          "usage",
          "conversation",
          "service_tier",
          "truncation",
          "user",
          "safety_identifier",
          "prompt_cache_key",
          "previous_response_id");

  private final AnswerRedaction redaction;
  private final TextScreen screen;
  private int texts;

  ResponsesItems(AnswerRedaction redaction) {
    this.redaction = redaction;
    this.screen = new TextScreen(redaction);
  }

  /// The texts of one item, which may have been seen already.
  interface Texts {
    /// @param event the type of the events that bring the text
    /// @param part its index in the item, 0 where the item has but one
    /// @param text as the item has it
    /// @return as the client sees it
    /// @throws ModelProtocolException if the answer has too many
    String seen(String event, int part, String text) throws ModelProtocolException;
  }

  static String type(ObjectNode item) {
    return AnswerMembers.text(item, "type");
  }

  /// Redacts what is no call.
  ///
  /// @return whether anything was replaced
  boolean redact(ObjectNode item, Texts texts) throws ModelProtocolException {
    boolean changed =
        switch (type(item)) {
          case "message" -> parts(item, "content", texts);
          case "reasoning" -> {
            boolean summary = parts(item, "summary", texts);
            yield parts(item, "content", texts) || summary;
          }
          case "mcp_call" -> text(item, "arguments", MCP_ARGUMENTS, 0, texts);
          case "code_interpreter_call" -> text(item, "code", CODE, 0, texts);
          default -> false;
        };
    return screen.redact(item, textMembers(item)) || changed;
  }

  /// The members that are not redacted by themselves.
  private static Set<String> textMembers(ObjectNode item) {
    return switch (type(item)) {
      case "message" -> Set.of("content");
      case "reasoning" -> Set.of("summary", "content");
      case "mcp_call" -> Set.of("arguments");
      case "code_interpreter_call" -> Set.of("code");
      case "image_generation_call" -> Set.of("result");
      default -> Set.of();
    };
  }

  private boolean parts(ObjectNode item, String member, Texts texts) throws ModelProtocolException {
    if (!(item.get(member) instanceof ArrayNode parts)) {
      return item.has(member) && replace(item, member, screen.redacted(item.path(member)));
    }
    boolean changed = false;
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof ObjectNode part) {
        changed |= redactPart(part, i, texts);
      } else {
        JsonNode seen = screen.redacted(parts.get(i));
        changed |= !seen.equals(parts.set(i, seen));
      }
    }
    return changed;
  }

  /// Redacts a part of a message or of reasoning.
  ///
  /// @return whether anything was replaced
  boolean redactPart(ObjectNode part, int index, Texts texts) throws ModelProtocolException {
    boolean changed =
        switch (type(part)) {
          case "output_text" -> text(part, "text", OUTPUT_TEXT, index, texts);
          case "refusal" -> text(part, "refusal", REFUSAL, index, texts);
          case "reasoning_text" -> text(part, "text", REASONING, index, texts);
          case "summary_text" -> text(part, "text", SUMMARY, index, texts);
          default -> screen.redact(part, Set.of());
        };
    if (changed) {
      dropCopies(part);
    }
    return screen.redact(part, PART_TEXT) || changed;
  }

  /// Empties what repeats a text or points into it.
  static void dropCopies(ObjectNode holder) {
    holder.remove("obfuscation");
    ResponsesEvents.empty(holder, COPIES);
  }

  private static boolean text(
      ObjectNode holder, String member, String event, int index, Texts texts)
      throws ModelProtocolException {
    if (!holder.path(member).isTextual()) {
      return AnswerMembers.dropUnlessText(holder, member);
    }
    String text = holder.path(member).textValue();
    String seen = texts.seen(event, index, text);
    if (seen.equals(text)) {
      return false;
    }
    holder.put(member, seen);
    return true;
  }

  private static boolean replace(ObjectNode holder, String member, JsonNode seen) {
    return !seen.equals(holder.replace(member, seen));
  }

  /// Redacts the members of a `response` that may hold a model's text, but for its output.
  ///
  /// @return whether anything was replaced
  boolean redactFrame(ObjectNode response) {
    return screen.redact(response, ECHOES);
  }

  /// Redacts the texts of an event by themselves.
  ///
  /// @param except members that are left alone
  /// @return whether anything was replaced
  boolean redactEvent(ObjectNode event, Set<String> except) {
    for (Map.Entry<String, JsonNode> member : event.properties()) {
      String name = member.getKey();
      if (!except.contains(name) && !ResponsesForm.isPlain(member) && !isPadding(member)) {
        return screen.redact(event, except);
      }
    }
    return false;
  }

  /// Nearly every event has some.
  private boolean isPadding(Map.Entry<String, JsonNode> member) {
    String text = member.getValue().textValue();
    return member.getKey().equals("obfuscation") && text != null && whole(text).equals(text);
  }

  /// Redacts, of an event that tells a call as it was decided, all but what was.
  ///
  /// @return whether anything was replaced
  boolean redactTold(ObjectNode event) {
    String type = type(event);
    boolean changed = false;
    if (type.equals(ResponsesEvents.ADDED) && event.get("item") instanceof ObjectNode begun) {
      changed = screen.redact(begun, CALL_NAMES);
    }
    return redactEvent(event, ResponsesForm.decided(type)) || changed;
  }

  /// A text of a stream.
  ///
  /// @throws ModelProtocolException if the answer has too many
  AnswerText text() throws ModelProtocolException {
    if (++texts > MAX_TEXTS) {
      throw new ModelProtocolException("an answer of more than " + MAX_TEXTS + " texts");
    }
    return new AnswerText(redaction.stream());
  }

  String whole(String text) {
    return redaction.whole(text);
  }
}
