package dev.interceptor.core.decision;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import java.util.Optional;

/// Who asks for which call in which session, when, and from where.
///
/// @param approval a person's approval of exactly this call, if there is one
public record DecisionRequest(
    Principal principal,
    SessionId session,
    ToolCall call,
    CallContext context,
    Optional<ApprovalId> approval) {
  /// A call that nobody has approved.
  public DecisionRequest(
      Principal principal, SessionId session, ToolCall call, CallContext context) {
    this(principal, session, call, context, Optional.empty());
  }
}
