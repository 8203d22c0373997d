package dev.interceptor.server.proxy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.enforcement.InterceptedCall;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The body of `/proxy/execute` and `/proxy/authorize`. Absent and null mean the same.
record ProxyRequest(
    Optional<SessionId> session,
    Optional<UpstreamName> upstream,
    ToolName tool,
    Arguments arguments) {
  private static final List<String> MEMBERS =
      List.of("session_id", "tool_name", "args", "upstream", "user_prompt");

  /// @throws InterceptorException MALFORMED_REQUEST naming the member and what to write instead
  static ProxyRequest parse(byte[] body, JsonLimits limits) {
    JsonObject json;
    try {
      json = StrictJson.parseObject(body, limits);
    } catch (MalformedJsonException e) {
      throw InterceptorException.malformed("the body is not acceptable JSON: " + e.getMessage());
    }
    for (String name : json.members().keySet()) {
      if (!MEMBERS.contains(name)) {
        throw InterceptorException.malformed(
            "unknown member " + quoted(name) + ": write one of " + String.join(", ", MEMBERS));
      }
    }
    text(json, "user_prompt", Function.identity());
    return new ProxyRequest(
        text(json, "session_id", SessionId::new),
        text(json, "upstream", UpstreamName::new),
        text(json, "tool_name", ToolName::new)
            .orElseThrow(() ->
                InterceptorException.malformed(
                    "`tool_name` is missing: write the name of the tool to call")),
        arguments(json));
  }

  private static <T> Optional<T> text(JsonObject json, String name, Function<String, T> type) {
    Optional<JsonValue> member = present(json, name);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    if (!(member.get() instanceof JsonString string)) {
      throw InterceptorException.malformed("`" + name + "` is not a string");
    }
    try {
      return Optional.of(type.apply(string.value()));
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed("`" + name + "`: " + e.getMessage());
    }
  }

  private static Arguments arguments(JsonObject json) {
    Optional<JsonValue> args = present(json, "args");
    if (args.isEmpty()) {
      return Arguments.none();
    }
    if (args.get() instanceof JsonObject object) {
      return Arguments.of(object);
    }
    throw InterceptorException.malformed("`args` is not an object: write {\"name\": value, …}");
  }

  private static Optional<JsonValue> present(JsonObject json, String name) {
    return json.member(name).filter(value -> !(value instanceof JsonNull));
  }

  /// An unknown member's name as far as it is plain enough to repeat.
  private static String quoted(String name) {
    return name.matches("[A-Za-z0-9_.-]{1,40}") ? "`" + name + "`" : "(name not repeated)";
  }

  InterceptedCall toCall(Exchange exchange, String entryPoint, Principal principal) {
    return new InterceptedCall(
        exchange.requestId(),
        entryPoint,
        principal,
        Optional.of(exchange.peer()),
        session,
        upstream,
        tool,
        arguments,
        Optional.empty());
  }
}
