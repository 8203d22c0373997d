package dev.interceptor.server.enforcement;

import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.upstream.ToolServer;
import java.util.List;
import java.util.Optional;

/// A call that was permitted and recorded.
///
/// @param signed its token, where it is to get one
record AdmittedCall(
    SessionKey session,
    PolicySet policies,
    ToolServer server,
    SessionStore.Reserved reserved,
    RecordedPermit recorded,
    Optional<AuthorizedCall> signed) {
  String decisionId() {
    return recorded.row().decisionId();
  }

  Decision.Permit permit() {
    return recorded.permit();
  }

  /// @throws IllegalStateException if it is a call that nothing is sent of
  AuthorizedCall authorized() {
    return signed.orElseThrow(() ->
        new IllegalStateException("decision " + decisionId() + " was asked for without a token"));
  }

  /// The rules about what its tool returns.
  List<ResultRule> resultRules() {
    return policies.plan(recorded.row().tool()).resultRules();
  }
}
