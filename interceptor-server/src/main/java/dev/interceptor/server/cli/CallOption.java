package dev.interceptor.server.cli;

import dev.interceptor.core.decision.suite.AskedCall;
import dev.interceptor.core.decision.suite.CallReader;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// Reads `--call`: what a client sends to `/proxy/execute`.
final class CallOption {
  private static final String SHAPE =
      "--call is {\"tool_name\": \"send_email\", \"args\": {\"to\": \"bob@acme.example\"}}";

  private CallOption() {}

  static AskedCall read(
      CommandLine line, String json, CallReader.Defaults defaults, boolean approved) {
    try {
      JsonObject call =
          StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      if (!Set.of("tool_name", "args", "session_id").containsAll(call.members().keySet())
          || !(call.members().get("tool_name") instanceof JsonString name)) {
        throw new IllegalArgumentException(SHAPE);
      }
      return new AskedCall(
          new AskedCall.Place(1, 1),
          defaults.principal(),
          defaults.session(),
          new ToolCall(CallReader.tool(name.value()), arguments(call)),
          new CallContext(defaults.at(), defaults.ip()),
          approved,
          false);
    } catch (MalformedJsonException e) {
      throw new ParameterException(line, SHAPE + ", and this is not JSON: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(line, String.valueOf(e.getMessage()), e);
    }
  }

  private static Arguments arguments(JsonObject call) {
    JsonValue args = call.member("args").orElse(JsonObject.EMPTY);
    if (args instanceof JsonObject object) {
      return Arguments.of(object);
    }
    throw new IllegalArgumentException(SHAPE);
  }
}
