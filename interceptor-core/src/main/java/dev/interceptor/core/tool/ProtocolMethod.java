package dev.interceptor.core.tool;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Requests of MCP besides `tools/call` that reach a server's data, and are decided like the call
/// of a tool of their name: the request's parameters are the arguments (SPEC §7).
///
/// No tool of a server may bear such a name, so that a token for one never fits the other.
public enum ProtocolMethod {
  RESOURCES_READ("resources/read"),
  RESOURCES_SUBSCRIBE("resources/subscribe"),
  PROMPTS_GET("prompts/get"),
  COMPLETION_COMPLETE("completion/complete");

  private static final Map<String, ProtocolMethod> BY_METHOD =
      Arrays.stream(values()).collect(Collectors.toMap(ProtocolMethod::method, known -> known));

  private final String method;

  ProtocolMethod(String method) {
    this.method = method;
  }

  /// As it stands in JSON-RPC messages.
  public String method() {
    return method;
  }

  /// The name under which policies, tokens and the log know it.
  public ToolName toolName() {
    return new ToolName(method);
  }

  /// The method that a name stands for; empty for the name of a tool.
  public static Optional<ProtocolMethod> of(ToolName name) {
    return Optional.ofNullable(BY_METHOD.get(name.value()));
  }
}
