package dev.interceptor.core.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything a rule may look at: the call, its tool under the policy, who asks, when and from
/// where, and the session before the call. Made for one decision and one thread.
public final class Situation {
  private final ToolCall call;
  private final ToolPlan plan;
  private final Principal principal;
  private final SessionState session;
  private final CallContext context;
  private Direct.@Nullable Frame frame;

  public Situation(
      ToolCall call,
      ToolPlan plan,
      Principal principal,
      SessionState session,
      CallContext context) {
    this.call = call;
    this.plan = plan;
    this.principal = principal;
    this.session = session;
    this.context = context;
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

  CallContext context() {
    return context;
  }

  /// For one expression at a time; the same one for all, as they come one after another.
  Direct.Frame frame() {
    Direct.Frame made = frame;
    if (made == null) {
      made = new Direct.Frame(this);
      frame = made;
    }
    return made.restarted();
  }

  /// The value of an expression's variable; empty if this call has none.
  Optional<Object> variable(String name) {
    return switch (name) {
      case Expressions.ARGS -> Optional.of(JsonView.of(call.arguments().value()));
      case Expressions.TOOL_NAME -> Optional.of(call.tool().name().value());
      case Expressions.TOOL_CLASSES -> Optional.of(plan.classNames());
      case Expressions.SESSION_TAINTS ->
          Optional.of(session.labels().stream().map(Label::value).toList());
      case Expressions.SESSION_CALLS -> Optional.of(session.calls());
      case Expressions.PRINCIPAL_CUSTOMER -> Optional.of(principal.customer().value());
      case Expressions.PRINCIPAL_KEY -> Optional.of(principal.key().value());
      case Expressions.REQUEST_IP -> context.ip().map(Object.class::cast);
      case Expressions.NOW -> Optional.of(context.at());
      default -> Optional.empty();
    };
  }
}
