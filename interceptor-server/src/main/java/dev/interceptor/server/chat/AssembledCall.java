package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.CallGate.Kind;
import dev.interceptor.server.chat.CallGate.ProposedCall;

/// One tool call of a chat completion, put together from the deltas in which it comes.
final class AssembledCall {
  private final StringBuilder name = new StringBuilder();
  private final StringBuilder arguments = new StringBuilder();
  private final Form form;
  private final int index;
  private Kind kind = Kind.FUNCTION;
  private String id = "";

  /// Where the call stands in a message.
  enum Form {
    TOOL_CALL,
    /// The member `function_call`, as it was before there were several calls.
    FUNCTION_CALL
  }

  /// @param index its place among the calls
  AssembledCall(Form form, int index) {
    this.form = form;
    this.index = index;
  }

  int index() {
    return index;
  }

  String id() {
    return id;
  }

  boolean hasName() {
    return !name.isEmpty();
  }

  /// Gives the call an id that no other call has left with.
  void identify(CallIds ids) {
    if (form == Form.TOOL_CALL) {
      id = ids.of(id);
    }
  }

  int length() {
    return name.length() + arguments.length();
  }

  /// @param delta an element of `tool_calls`
  void add(ObjectNode delta) {
    String said = AnswerMembers.text(delta, "id");
    id = id.isEmpty() ? said : id;
    JsonNode custom = delta.path("custom");
    if (custom.isObject() || AnswerMembers.text(delta, "type").equals("custom")) {
      kind = Kind.CUSTOM;
    }
    addNamed(custom, "input");
    addNamed(delta.path("function"), "arguments");
  }

  /// @param delta `function_call`
  void addFunction(JsonNode delta) {
    addNamed(delta, "arguments");
  }

  /// Some servers repeat the name with each delta.
  private void addNamed(JsonNode delta, String text) {
    String said = AnswerMembers.text(delta, "name");
    if (!name.toString().equals(said)) {
      name.append(said);
    }
    JsonNode written = delta.path(text);
    arguments.append(written.isContainerNode() ? written.toString() : written.asText(""));
  }

  ProposedCall proposed() {
    return new ProposedCall(kind, id, name.toString(), arguments.toString());
  }

  /// The call as its client gets it, for a message or a delta.
  ///
  /// @param index its place in a delta, negative in a message
  /// @param decided the arguments
  void put(ObjectNode message, int index, String decided) {
    if (form == Form.FUNCTION_CALL) {
      message.putObject("function_call").put("name", name.toString()).put("arguments", decided);
      return;
    }
    ObjectNode call = message.withArrayProperty("tool_calls").addObject();
    if (index >= 0) {
      call.put("index", index);
    }
    call.put("id", id);
    String type = kind == Kind.CUSTOM ? "custom" : "function";
    ObjectNode inner = JsonNodeFactory.instance.objectNode().put("name", name.toString());
    inner.put(kind == Kind.CUSTOM ? "input" : "arguments", decided);
    call.put("type", type).set(type, inner);
  }
}
