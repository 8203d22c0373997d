package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonObject;

/// One tool of the demo server.
///
/// @param definition as `tools/list` shows it
record DemoTool(String name, ObjectNode definition, Behaviour behaviour) {
  /// What a tool does with arguments that a token vouches for.
  interface Behaviour {
    /// @throws ToolFailure if the call cannot be carried out; the text goes to the caller
    ObjectNode run(JsonObject arguments) throws ToolFailure;
  }

  /// A failure of the tool, not of the protocol.
  static final class ToolFailure extends Exception {
    private static final long serialVersionUID = 1L;

    ToolFailure(String text) {
      super(text, null, false, false);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }
}
