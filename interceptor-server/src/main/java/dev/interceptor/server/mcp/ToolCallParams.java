package dev.interceptor.server.mcp;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.Optional;

/// The params of `tools/call`, of either era.
///
/// @param name as the client calls the tool
/// @param arguments empty where the client left them out
record ToolCallParams(String name, JsonObject arguments) {
  /// @throws RefusedMessage with the code -32602 for a name that is no string, or arguments that
  ///   are no object
  static ToolCallParams of(JsonObject params) throws RefusedMessage {
    if (!(params.member("name").orElse(JsonObject.EMPTY) instanceof JsonString name)) {
      throw refused("`params.name` is not a string: write the name of the tool to call");
    }
    Optional<JsonValue> arguments = params.member("arguments");
    if (arguments.isEmpty()) {
      return new ToolCallParams(name.value(), JsonObject.EMPTY);
    }
    if (arguments.get() instanceof JsonObject object) {
      return new ToolCallParams(name.value(), object);
    }
    throw refused(
        "`params.arguments` is not an object: leave it out or write {\"name\": value, …}");
  }

  private static RefusedMessage refused(String message) {
    return RefusedMessage.of(RpcError.invalidParams(message));
  }
}
