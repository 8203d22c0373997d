package dev.interceptor.core.reference;

import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.reference.ReferencePolicy.Limit;
import dev.interceptor.core.reference.ReferencePolicy.Period;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.reference.Story.Past;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Limits, by adding up the customer's permitted calls.
final class ReferenceLimits {
  /// Of a `max`; what is larger than any of them is no amount.
  private static final double LARGEST = 9e9;

  private ReferenceLimits() {}

  /// Whether the limit refuses the call; a fault if its amount is missing, no number or negative.
  static Truth exceeded(
      ReferencePolicy policy, Limit limit, Call call, Set<String> classes, List<Past> everything) {
    if (!ReferenceEvaluator.selects(policy, limit.selector(), call, classes)) {
      return Truth.FALSE;
    }
    Optional<BigDecimal> amount = amount(limit, call);
    if (amount.isEmpty()) {
      return Truth.FAULT;
    }
    BigDecimal total = amount.get();
    for (Past past : everything) {
      if (ReferenceEvaluator.selects(policy, limit.selector(), past.call(), past.classes())
          && together(limit.per(), past.call(), call)) {
        total = total.add(amount(limit, past.call()).orElseThrow());
      }
    }
    return Truth.of(total.compareTo(limit.max()) > 0);
  }

  /// In millionths, rounded up.
  private static Optional<BigDecimal> amount(Limit limit, Call call) {
    if (limit.sum().isEmpty()) {
      return Optional.of(BigDecimal.ONE);
    }
    return ReferenceConditions.argument(call, limit.sum())
        .flatMap(
            it -> it instanceof JsonNumber number ? Optional.of(number.value()) : Optional.empty())
        .filter(number -> number >= 0 && number <= LARGEST)
        .map(number -> BigDecimal.valueOf(number).setScale(6, RoundingMode.CEILING));
  }

  /// Periods of time are those of the clock in UTC, and reach over all sessions.
  private static boolean together(Period per, Call one, Call other) {
    return per == Period.SESSION
        ? one.session() == other.session()
        : one.at().getEpochSecond() / per.seconds == other.at().getEpochSecond() / per.seconds;
  }
}
