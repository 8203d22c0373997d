package dev.interceptor.server.mcp;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import java.util.Optional;

/// Who asks, and at which address.
///
/// @param peer the other end of the connection
/// @param session the policy's session; empty for the key's default session
record Client(
    View view, Principal principal, String requestId, String peer, Optional<SessionId> session) {}
