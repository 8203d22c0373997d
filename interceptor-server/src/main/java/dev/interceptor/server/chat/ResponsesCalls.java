package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.CallGate.Kind;
import dev.interceptor.server.chat.CallGate.ProposedCall;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.Optional;
import java.util.Set;

/// The output items of a Responses answer that are calls, each decided as a whole.
///
/// A call is what the client is to act on: functions and custom tools, requests to approve a call
/// of an MCP server, and every item that has a `call_id` and is no output, which takes in shells,
/// computers and kinds to come. All else ran at the provider or is text.
final class ResponsesCalls {
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

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final DecidedCalls calls;
  private final TextScreen screen;

  ResponsesCalls(DecidedCalls calls, AnswerRedaction redaction) {
    this.calls = calls;
    this.screen = new TextScreen(redaction);
  }

  static boolean isFunction(ObjectNode item) {
    return ResponsesItems.type(item).equals(FUNCTION_CALL);
  }

  static boolean isCustom(ObjectNode item) {
    return ResponsesItems.type(item).equals(CUSTOM_CALL);
  }

  static boolean isCall(ObjectNode item) {
    String type = ResponsesItems.type(item);
    return switch (type) {
      case FUNCTION_CALL, CUSTOM_CALL, APPROVAL -> true;
      default ->
          OTHER_CALLS.contains(type)
              || (item.hasNonNull("call_id")
                  && !type.endsWith("_output")
                  && !RAN_AT_PROVIDER.contains(type));
    };
  }

  static String callId(ObjectNode call) {
    return AnswerMembers.text(call, ResponsesItems.type(call).equals(APPROVAL) ? "id" : "call_id");
  }

  /// Decides a call.
  ///
  /// @param call changed to what the client gets
  /// @return false if the client gets nothing of it
  boolean release(ObjectNode call) {
    return switch (ResponsesItems.type(call)) {
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
    String type = ResponsesItems.type(call);
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
}
