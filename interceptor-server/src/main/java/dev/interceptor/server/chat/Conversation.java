package dev.interceptor.server.chat;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.enforcement.InterceptedCall;
import dev.interceptor.server.targets.Target;
import java.util.Optional;

/// Whose request to a model it is, and where its tool calls belong.
///
/// @param entryPoint names the route in the log, such as `v1.chat`
/// @param ip the client's address as the connection shows it
/// @param session empty for the key's default session
record Conversation(
    String requestId,
    String entryPoint,
    Principal principal,
    Optional<String> ip,
    Optional<SessionId> session,
    Target target) {
  /// A call of a tool in it.
  InterceptedCall call(ToolRef tool, Arguments arguments) {
    return new InterceptedCall(
        requestId,
        entryPoint,
        principal,
        ip,
        session,
        Optional.of(tool.upstream()),
        tool.name(),
        arguments,
        Optional.empty());
  }
}
