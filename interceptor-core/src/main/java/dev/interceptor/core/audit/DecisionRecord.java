package dev.interceptor.core.audit;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/// A decision as the audit log has it: everything a later reader needs, and of the arguments no
/// more than the operator allows.
///
/// @param entryPoint the route that asked, such as `proxy.execute`
/// @param clientIp where the request came from, if known
/// @param classes the tool's classes under the policy that decided
/// @param arguments digest of all that steers the call: of the arguments, for a call that goes on
///   with another one of what it carries too
/// @param shown what of the arguments may be kept, as canonical text
/// @param definition digest of the tool's pinned definition, where it has one
/// @param policy digest of that policy
/// @param labelsBefore the session's tags that the decision saw
/// @param sessionVersion the state's version after a permit, the version read for a denial
/// @param token the id of the token that a permit leads to; nothing else may bear it
public record DecisionRecord(
    String decisionId,
    String requestId,
    Instant at,
    String entryPoint,
    Optional<String> clientIp,
    Principal principal,
    SessionId session,
    ToolRef tool,
    SortedSet<ToolClass> classes,
    Sha256 arguments,
    Optional<String> shown,
    Optional<Sha256> definition,
    Sha256 policy,
    SortedSet<Label> labelsBefore,
    long sessionVersion,
    TokenId token,
    Decision decision) {
  /// How a permit is called in the log.
  public static final String PERMIT = "permit";

  private static final String DENY = "deny";

  /// The decision's entry.
  public LogEntry entry() {
    LogEntry.Builder entry =
        LogEntry.of(LogEntry.Kind.DECISION, at)
            .text("decision_id", decisionId)
            .text("request_id", requestId)
            .text("entry_point", entryPoint)
            .text("client_ip", clientIp)
            .text("customer_id", principal.customer().value())
            .text("key_id", principal.key().value())
            .text("session_id", session.value())
            .text("upstream", tool.upstream().value())
            .text("tool", tool.name().value())
            .texts("classes", classes)
            .text("args_digest", arguments.hex())
            .text("args", shown)
            .text("tool_hash", definition)
            .text("policy_digest", policy.hex())
            .number("session_version", sessionVersion)
            .texts("labels_before", labelsBefore)
            .texts("rules", decision.determining());
    switch (decision) {
      case Decision.Permit permit ->
          entry
              .text("outcome", PERMIT)
              .text("jti", token.value())
              .texts("labels_added", permit.added())
              .texts("labels_removed", permit.removed())
              .text("approval_id", permit.approval())
              .texts(
                  "charges",
                  permit.charges().stream()
                      .map(charge -> charge.amount() + " " + charge.counter())
                      .toList());
      case Decision.Deny deny -> entry.text("outcome", DENY).text("reason", deny.reason().name());
      case Decision.RequireApproval ignored ->
          entry.text("outcome", DENY).text("reason", ReasonCode.APPROVAL_REQUIRED.name());
    }
    return entry.build();
  }
}
