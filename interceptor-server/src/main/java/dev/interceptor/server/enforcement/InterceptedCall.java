package dev.interceptor.server.enforcement;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.UpstreamName;
import java.util.Optional;

/// A call as an entry point decoded it, from an authenticated caller.
///
/// @param entryPoint names the route in the log, such as `proxy.execute`
/// @param ip the caller's address as the connection shows it, never from a header
/// @param session empty for the key's default session
/// @param upstream empty when the caller named none
/// @param continuation what the call carries when it goes on with an earlier one
public record InterceptedCall(
    String requestId,
    String entryPoint,
    Principal principal,
    Optional<String> ip,
    Optional<SessionId> session,
    Optional<UpstreamName> upstream,
    ToolName tool,
    Arguments arguments,
    Optional<Continuation> continuation) {}
