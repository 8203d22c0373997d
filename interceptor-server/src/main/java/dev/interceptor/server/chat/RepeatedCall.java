package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/// Compares the events of a function's call with the call as it was decided.
final class RepeatedCall {
  private static final Set<String> GROWING = Set.of("arguments", "input", "status");

  private RepeatedCall() {}

  /// Whether all events together tell this call and no other: only then may they leave as they
  /// came. Calls that are neither functions nor custom tools are never told to be the same.
  static boolean isTold(ObjectNode call, List<ObjectNode> events) {
    boolean function = ResponsesCalls.isFunction(call);
    if (!function && !ResponsesCalls.isCustom(call)) {
      return false;
    }
    String member = function ? "arguments" : "input";
    String kind = function ? "function_call_arguments" : "custom_tool_call_input";
    StringBuilder pieces = new StringBuilder();
    boolean same = ResponsesItems.type(events.getLast()).equals(ResponsesEvents.DONE);
    for (ObjectNode event : events) {
      String type = ResponsesItems.type(event);
      if (type.equals(ResponsesEvents.ADDED)) {
        same &=
            event.path("item") instanceof ObjectNode begun && isBeginningOf(call, begun, member);
      } else if (type.equals(ResponsesEvents.DONE)) {
        same &= event.path("item").equals(call);
      } else if (type.equals("response." + kind + ".delta")) {
        pieces.append(AnswerMembers.text(event, "delta"));
        same &= event.path("item_id").equals(call.path("id"));
      } else {
        same &= type.equals("response." + kind + ".done") && repeats(call, event, member);
      }
    }
    return same && pieces.toString().equals(AnswerMembers.text(call, member));
  }

  private static boolean isBeginningOf(ObjectNode call, ObjectNode begun, String member) {
    return AnswerMembers.text(begun, member).isEmpty()
        && begun.deepCopy().without(GROWING).equals(call.deepCopy().without(GROWING));
  }

  private static boolean repeats(ObjectNode call, ObjectNode event, String member) {
    return event.path(member).equals(call.path(member))
        && event.path("item_id").equals(call.path("id"))
        && (!event.has("name") || event.path("name").equals(call.path("name")));
  }
}
