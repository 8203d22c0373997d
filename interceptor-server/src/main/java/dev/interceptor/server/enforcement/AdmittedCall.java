package dev.interceptor.server.enforcement;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.upstream.ToolServer;
import java.util.List;

/// A call that was permitted, recorded and signed.
record AdmittedCall(
    SessionKey session,
    PolicySet policies,
    ToolServer server,
    SessionStore.Reserved reserved,
    AuthorizedCall authorized) {
  String decisionId() {
    return authorized.permit().row().decisionId();
  }

  Decision.Permit permit() {
    return authorized.permit().permit();
  }

  /// The rules about what its tool returns.
  List<ResultRule> resultRules() {
    return policies.plan(authorized.permit().row().tool()).resultRules();
  }
}
