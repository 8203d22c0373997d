package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.CallGate.Kind;
import dev.interceptor.server.chat.CallGate.ProposedCall;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The output items of a Responses answer, each as a whole: texts are redacted in place, calls are
/// decided.
///
/// A call is what the client is to act on: functions and custom tools, requests to approve a call
/// of an MCP server, and every item that has a `call_id` and is no output, which takes in shells,
/// computers and kinds to come. All else ran at the provider or is text.
final class ResponsesItems {
  /// Most texts of one streamed answer.
  static final int MAX_TEXTS = 4096;

  static final String OUTPUT_TEXT = "response.output_text.delta";
  static final String REFUSAL = "response.refusal.delta";
  static final String REASONING = "response.reasoning_text.delta";
  static final String SUMMARY = "response.reasoning_summary_text.delta";
  static final String MCP_ARGUMENTS = "response.mcp_call_arguments.delta";
  static final String CODE = "response.code_interpreter_call_code.delta";

  private static final String FUNCTION_CALL = "function_call";
  private static final String CUSTOM_CALL = "custom_tool_call";
  private static final String APPROVAL = "mcp_approval_request";
  private static final Set<String> OTHER_CALLS =
      Set.of("computer_call", "shell_call", "local_shell_call", "apply_patch_call");
  private static final Set<String> RAN_AT_PROVIDER =
      Set.of(
          "mcp_call",
          "web_search_call",
          "file_search_call",
          "code_interpreter_call",
          "image_generation_call");
  private static final Set<String> FRAME = Set.of("type", "id", "call_id", "status");
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

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final DecidedCalls calls;
  private final AnswerRedaction redaction;
  private final TextScreen screen;
  private int texts;

  ResponsesItems(DecidedCalls calls, AnswerRedaction redaction) {
    this.calls = calls;
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

  static boolean isFunction(ObjectNode item) {
    return type(item).equals(FUNCTION_CALL);
  }

  static boolean isCustom(ObjectNode item) {
    return type(item).equals(CUSTOM_CALL);
  }

  static boolean isCall(ObjectNode item) {
    String type = type(item);
    return switch (type) {
      case FUNCTION_CALL, CUSTOM_CALL, APPROVAL -> true;
      default ->
          OTHER_CALLS.contains(type)
              || (item.hasNonNull("call_id")
                  && !type.endsWith("_output")
                  && !RAN_AT_PROVIDER.contains(type));
    };
  }

  static String type(ObjectNode item) {
    return AnswerMembers.text(item, "type");
  }

  static String callId(ObjectNode call) {
    return AnswerMembers.text(call, type(call).equals(APPROVAL) ? "id" : "call_id");
  }

  /// Decides a call.
  ///
  /// @param call changed to what the client gets
  /// @return false if the client gets nothing of it
  boolean release(ObjectNode call) {
    return switch (type(call)) {
      case FUNCTION_CALL -> release(call, Kind.FUNCTION, "namespace", "arguments");
      case CUSTOM_CALL -> release(call, Kind.CUSTOM, "namespace", "input");
      case APPROVAL -> release(call, Kind.FUNCTION, "server_label", "arguments");
      default -> releaseOther(call);
    };
  }

  /// A tool in a namespace, or of an MCP server, is another tool than one of the same name alone.
  private boolean release(ObjectNode call, Kind kind, String space, String member) {
    String name = AnswerMembers.text(call, "name");
    String qualified = call.hasNonNull(space) ? call.path(space).asText() + '.' + name : name;
    Optional<String> released =
        calls.released(
            new ProposedCall(kind, callId(call), qualified, AnswerMembers.text(call, member)));
    if (released.isEmpty()) {
      return false;
    }
    call.put(member, released.get());
    screen.redact(call, Set.of("name", "call_id", space, member));
    return true;
  }

  /// Of a kind without a text of arguments: they are all its members but those that every call has.
  private boolean releaseOther(ObjectNode call) {
    String type = type(call);
    ObjectNode members = call.deepCopy().without(FRAME);
    String arguments = members.toString();
    Optional<String> released =
        calls.released(
            new ProposedCall(
                Kind.FUNCTION,
                callId(call),
                type.endsWith("_call") ? type.substring(0, type.length() - 5) : type,
                arguments));
    if (released.isEmpty()) {
      return false;
    }
    if (!released.get().equals(arguments)) {
      call.retain(FRAME);
      call.setAll(object(released.get()));
    }
    return true;
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("redacted arguments are not JSON", e);
    }
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
