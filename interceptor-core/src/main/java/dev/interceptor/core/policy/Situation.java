package dev.interceptor.core.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.ToolCall;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything a rule may look at: the call, its tool under the policy, who asks, and the session
/// before the call. Made for one decision and one thread.
public final class Situation {
  private final ToolCall call;
  private final ToolPlan plan;
  private final Principal principal;
  private final SessionState session;
  private @Nullable Map<String, Object> variables;

  public Situation(ToolCall call, ToolPlan plan, Principal principal, SessionState session) {
    this.call = call;
    this.plan = plan;
    this.principal = principal;
    this.session = session;
  }

  ToolCall call() {
    return call;
  }

  ToolPlan plan() {
    return plan;
  }

  SessionState session() {
    return session;
  }

  /// The variables of CEL expressions, made when the first expression asks.
  Map<String, Object> variables() {
    Map<String, Object> made = variables;
    if (made == null) {
      made =
          Map.of(
              Expressions.ARGS, Expressions.valueOf(call.arguments().value()),
              Expressions.TOOL_NAME, call.tool().name().value(),
              Expressions.TOOL_CLASSES, plan.classNames(),
              Expressions.SESSION_TAINTS, taints(),
              Expressions.PRINCIPAL_CUSTOMER, principal.customer().value(),
              Expressions.PRINCIPAL_KEY, principal.key().value());
      variables = made;
    }
    return made;
  }

  private List<String> taints() {
    return session.labels().stream().map(label -> label.value()).toList();
  }
}
