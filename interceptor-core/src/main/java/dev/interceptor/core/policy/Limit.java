package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.tool.Arguments;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// How much of something a session, or a customer in a period of time, may use up.
///
/// Amounts are whole numbers: calls, or millionths of the argument's unit, rounded up. POLICY §6.
///
/// @param key names what is measured, not how much is allowed: a policy that only raises `max`
///   keeps counting where the old one was
/// @param max in the same unit as {@link #amount}
public record Limit(
    RuleId id,
    String key,
    Selector selector,
    Measure measure,
    long max,
    Period per,
    Optional<String> error) {
  /// How many millionths make one.
  public static final long MILLION = 1_000_000;

  /// The largest amount, of one call and of a limit: 9 billion, which a double holds exactly in
  /// millionths.
  static final long LARGEST = 9_000_000_000L * MILLION;

  private static final BigDecimal LARGEST_VALUE = BigDecimal.valueOf(LARGEST / MILLION);

  /// What a call uses up.
  public sealed interface Measure {
    /// One.
    record Calls() implements Measure {}

    /// The value of a numeric argument.
    ///
    /// @param path names of members from the outside in
    record SumOf(List<String> path) implements Measure {}
  }

  /// What a call with these arguments uses up; empty if that cannot be told, which denies: the
  /// argument is absent, not a number, negative, or larger than 9 billion.
  public OptionalLong amount(Arguments arguments) {
    return switch (measure) {
      case Measure.Calls calls -> OptionalLong.of(1);
      case Measure.SumOf sum -> millionths(sum.path(), arguments.value());
    };
  }

  /// The argument that is measured, if it is one.
  Stream<List<String>> argumentPaths() {
    return switch (measure) {
      case Measure.Calls calls -> Stream.empty();
      case Measure.SumOf sum -> Stream.of(sum.path());
    };
  }

  private static OptionalLong millionths(List<String> path, JsonObject arguments) {
    Optional<JsonValue> value = Paths.find(arguments, path);
    if (value.isEmpty() || !(value.get() instanceof JsonNumber number)) {
      return OptionalLong.empty();
    }
    return millionths(BigDecimal.valueOf(number.value()));
  }

  static OptionalLong millionths(BigDecimal value) {
    if (value.signum() < 0 || value.compareTo(LARGEST_VALUE) > 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        value
            .multiply(BigDecimal.valueOf(MILLION))
            .setScale(0, RoundingMode.CEILING)
            .longValueExact());
  }

  /// The counter that a call at `at` is charged to, unique for a session or, where a period is
  /// limited, for a customer.
  public String counter(Instant at) {
    return switch (per) {
      case SESSION -> key;
      case MINUTE, HOUR, DAY -> key + ':' + per.start(at).getEpochSecond();
    };
  }
}
