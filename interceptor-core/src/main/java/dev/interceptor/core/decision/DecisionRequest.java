package dev.interceptor.core.decision;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.ToolCall;

/// Who asks for which call in which session.
public record DecisionRequest(Principal principal, SessionId session, ToolCall call) {}
