package dev.interceptor.core.decision;

import dev.interceptor.core.policy.Limit;
import dev.interceptor.core.policy.ToolPlan;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import java.util.Optional;
import java.util.OptionalLong;

/// What one limit says about one call. Amounts are calls or millionths, as in {@link Limit}.
///
/// @param applies whether the call is charged to it
/// @param amount what the call would use up; empty if that cannot be told, or for other calls
/// @param used what was used up before; 0 for other calls
/// @param refusal present if the limit stands against the call
public record LimitReading(
    Limit limit, boolean applies, OptionalLong amount, long used, Optional<ReasonCode> refusal) {

  static LimitReading of(
      Limit limit, DecisionRequest request, ToolPlan plan, SessionState session, Usage usage) {
    if (!plan.limits().contains(limit)) {
      return new LimitReading(limit, false, OptionalLong.empty(), 0, Optional.empty());
    }
    long used = Charges.used(limit, limit.counter(request.context().at()), session, usage);
    OptionalLong amount = limit.amount(request.call().arguments());
    Optional<ReasonCode> refusal = Optional.empty();
    if (amount.isEmpty()) {
      refusal = Optional.of(ReasonCode.EVALUATION_FAULT);
    } else if (Charges.isExceeded(limit, amount.getAsLong(), used)) {
      refusal = Optional.of(ReasonCode.LIMIT_EXCEEDED);
    }
    return new LimitReading(limit, true, amount, used, refusal);
  }
}
