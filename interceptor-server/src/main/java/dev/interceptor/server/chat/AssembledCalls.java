package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tool calls of one choice, put together from deltas.
///
/// A delta belongs to the call of its index, unless it says another id; without an index to the
/// call of its id; without both to the last call, unless it names a tool.
final class AssembledCalls {
  /// Most calls of one choice.
  static final int MOST = 256;

  /// Longest call, in chars.
  static final int LONGEST = 4 * 1024 * 1024;

  private final AnswerLength length;
  private final List<AssembledCall> all = new ArrayList<>();
  private final Map<Integer, AssembledCall> byIndex = new HashMap<>();

  /// In the order of their indexes; those without one where they came.
  private final List<AssembledCall> ordered = new ArrayList<>();

  AssembledCalls(AnswerLength length) {
    this.length = length;
  }

  List<AssembledCall> all() {
    return ordered;
  }

  /// @param calls `tool_calls` of a message, each of them whole
  void addWhole(JsonNode calls) throws ModelProtocolException {
    for (ObjectNode made : objects(calls)) {
      AssembledCall call = opened(AssembledCall.Form.TOOL_CALL, Integer.MAX_VALUE);
      call.add(made);
      requireBounded(call, 0);
    }
  }

  private static List<ObjectNode> objects(JsonNode calls) throws ModelProtocolException {
    if (!calls.isArray()) {
      throw new ModelProtocolException("`tool_calls` is no array");
    }
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode element : calls) {
      if (!(element instanceof ObjectNode object)) {
        throw new ModelProtocolException("a tool call is no object");
      }
      objects.add(object);
    }
    return objects;
  }

  /// @param deltas `tool_calls` of a delta
  void add(JsonNode deltas) throws ModelProtocolException {
    for (ObjectNode delta : objects(deltas)) {
      AssembledCall call = callOf(delta);
      int before = call.length();
      call.add(delta);
      requireBounded(call, before);
    }
  }

  /// @param delta `function_call`, in a message or a delta
  void addFunction(JsonNode delta) throws ModelProtocolException {
    if (!delta.isObject()) {
      throw new ModelProtocolException("`function_call` is no object");
    }
    AssembledCall call =
        byIndex.computeIfAbsent(
            -1, _ -> opened(AssembledCall.Form.FUNCTION_CALL, Integer.MAX_VALUE));
    int before = call.length();
    call.addFunction(delta);
    requireBounded(call, before);
  }

  private AssembledCall callOf(ObjectNode delta) {
    String id = AnswerMembers.text(delta, "id");
    JsonNode index = delta.path("index");
    if (index.isInt() && index.intValue() >= 0) {
      AssembledCall known = byIndex.get(index.intValue());
      boolean another =
          known != null && !id.isEmpty() && !known.id().isEmpty() && !known.id().equals(id);
      if (known != null && !another) {
        return known;
      }
      AssembledCall call = opened(AssembledCall.Form.TOOL_CALL, index.intValue());
      byIndex.put(index.intValue(), call);
      return call;
    }
    for (AssembledCall call : all) {
      if (!id.isEmpty() && call.id().equals(id)) {
        return call;
      }
    }
    boolean goesOn = id.isEmpty() && !all.isEmpty() && !isNamed(delta);
    return goesOn ? all.getLast() : opened(AssembledCall.Form.TOOL_CALL, Integer.MAX_VALUE);
  }

  private static boolean isNamed(ObjectNode delta) {
    return !AnswerMembers.text(delta.path("function"), "name").isEmpty()
        || !AnswerMembers.text(delta.path("custom"), "name").isEmpty();
  }

  /// @param index the largest for a call that has none
  private AssembledCall opened(AssembledCall.Form form, int index) {
    AssembledCall call = new AssembledCall(form, index);
    all.add(call);
    int place = ordered.size();
    while (place > 0 && ordered.get(place - 1).index() > index) {
      place--;
    }
    ordered.add(place, call);
    return call;
  }

  private void requireBounded(AssembledCall call, int before) throws ModelProtocolException {
    length.add(call.length() - before);
    if (all.size() > MOST) {
      throw new ModelProtocolException("more than " + MOST + " calls in one choice");
    }
    if (call.length() > LONGEST) {
      throw new ModelProtocolException("a call of more than " + LONGEST + " characters");
    }
  }
}
