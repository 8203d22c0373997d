package dev.interceptor.benchmarks.peer;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.DecisionRequest;
import dev.interceptor.core.decision.PolicyDecisionPoint;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// This engine: static rules alone, a whole decision.
public final class InterceptorTable implements ToolTable {
  private static final Principal AGENT =
      new Principal(new CustomerId("acme"), new ApiKeyId("a1b2c3d4"));
  private static final SessionId SESSION = new SessionId("s-1");
  private static final UpstreamName UPSTREAM = new UpstreamName("demo");

  private final PolicyDecisionPoint decisions = new PolicyDecisionPoint();
  private final CallContext context = new CallContext(Instant.EPOCH, Optional.empty());
  private final PolicySet policy;

  public InterceptorTable(List<String> tools) {
    StringBuilder text = new StringBuilder("version: 1\nname: table\nstatic_rules:\n");
    for (String tool : tools) {
      text.append("  ")
          .append(tool)
          .append(ToolTable.isAllowed(tool, tools) ? ": ALLOW\n" : ": DENY\n");
    }
    policy =
        switch (PolicyParser.parse(text.toString(), "table.yaml")) {
          case PolicyParser.Result.Parsed parsed -> parsed.only();
          case PolicyParser.Result.Rejected rejected ->
              throw new IllegalStateException(rejected.problems().toString());
        };
  }

  @Override
  public boolean permits(String tool, String action) {
    var call = new ToolCall(new ToolRef(UPSTREAM, new ToolName(tool)), Arguments.none());
    var request = new DecisionRequest(AGENT, SESSION, call, context);
    return decisions.decide(request, policy, SessionState.NEW) instanceof Decision.Permit;
  }
}
