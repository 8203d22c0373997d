package dev.interceptor.server.enforcement;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.server.approval.ApprovalBinding;
import dev.interceptor.server.pinning.Definition;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.UnreachedTools;
import java.time.Instant;
import java.util.Optional;

/// What is known of a call before it is decided.
///
/// @param policy the one version that decides
/// @param definition how the tool's definition stands; not looked at if the policy never permits
///   the tool
/// @param at when the call is decided
record Asked(
    InterceptedCall intercepted,
    ToolServer server,
    SessionKey session,
    ToolCall call,
    Delivery delivery,
    PolicySet policy,
    Definition definition,
    String decisionId,
    Instant at) {
  /// Which way the result takes to the caller.
  enum Delivery {
    THROUGH_US,
    PAST_US,
    /// The caller's model gets it, in a later request through us.
    IN_CONVERSATION,
    /// There is none.
    NOWHERE
  }

  /// Whether the upstream's configuration lets clients use the method of the protocol that this
  /// call stands for. Watching a resource is no request that could be sent.
  boolean isExposed() {
    return ProtocolMethod.of(call.tool().name())
        .filter(
            method -> method != ProtocolMethod.RESOURCES_SUBSCRIBE || delivery == Delivery.NOWHERE)
        .map(Feature::of)
        .filter(server.exposed()::contains)
        .isPresent();
  }

  /// Whether a permit leads to a token.
  boolean needsToken() {
    return switch (delivery) {
      case THROUGH_US, PAST_US -> !UnreachedTools.isReserved(server.name());
      case IN_CONVERSATION, NOWHERE -> false;
    };
  }

  /// Whether the tool's name is one that its server lists or the protocol has.
  boolean isNamedByItsServer() {
    return switch (definition) {
      case Definition.Pinned _,
          Definition.Changed _,
          Definition.Awaiting _,
          Definition.ProtocolMethod _ ->
          true;
      case Definition.Unlisted _,
          Definition.Unreached _,
          Definition.NotOffered _,
          Definition.Unreadable _ ->
          false;
    };
  }

  ToolPlan plan() {
    return policy.plan(call.tool());
  }

  DecisionRequest request(Optional<ApprovalId> approval) {
    return new DecisionRequest(
        intercepted.principal(),
        session.session(),
        call,
        new CallContext(at, intercepted.ip()),
        approval);
  }

  /// What an approval of this call is bound to.
  ApprovalBinding binding() {
    return new ApprovalBinding(session, call.tool(), call.digest());
  }

  /// @param shown what of the arguments may be kept
  DecisionRecord row(
      SessionStore.Reserved reserved, Optional<String> shown, TokenId token, Instant decidedAt) {
    long version =
        reserved.decision() instanceof Decision.Permit permit
            ? permit.reserved().version()
            : reserved.before().version();
    return new DecisionRecord(
        decisionId,
        intercepted.requestId(),
        decidedAt,
        intercepted.entryPoint(),
        intercepted.ip(),
        intercepted.principal(),
        session.session(),
        call.tool(),
        policy.classes(call.tool()),
        call.digest(),
        shown,
        pinned(),
        policy.digest(),
        reserved.before().labels(),
        version,
        token,
        reserved.decision());
  }

  private Optional<Sha256> pinned() {
    return definition instanceof Definition.Pinned known
        ? Optional.of(known.digest())
        : Optional.empty();
  }
}
