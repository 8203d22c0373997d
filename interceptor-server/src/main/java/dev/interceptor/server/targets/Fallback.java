package dev.interceptor.server.targets;

import java.time.Duration;
import java.util.List;

/// When another provider is asked instead of one that failed, before anything reached the client.
///
/// @param onStatus leading digits of statuses that make it so: 5 is every 5xx, 50 every 50x
/// @param onRateLimit also where the provider's own limit is reached or it answers 429
/// @param maxAttempts requests to providers for one answer at most, the first included; 1 without
///   fallback
/// @param withReplacement whether a provider that failed may be asked again
/// @param maxTotalBackoff of all waiting together
public record Fallback(
    List<Integer> onStatus,
    boolean onRateLimit,
    int maxAttempts,
    boolean withReplacement,
    Backoff backoff,
    Duration maxTotalBackoff) {
  public static final Fallback NONE =
      new Fallback(List.of(), false, 1, false, Backoff.NONE, Duration.ZERO);

  public Fallback {
    onStatus = List.copyOf(onStatus);
  }

  /// The waiting between attempts: `initial`, then `factor` times as long each time, up to `max`.
  ///
  /// @param jitter whether each wait is a random part of that
  public record Backoff(Duration initial, Duration max, double factor, Jitter jitter) {
    public static final Backoff NONE = new Backoff(Duration.ZERO, Duration.ZERO, 1, Jitter.NONE);

    /// @param failures how many attempts have failed, at least 1
    /// @param chance 0 to 1
    Duration before(int failures, double chance) {
      double nanos =
          Math.min(
              (double) initial.toNanos() * Math.pow(factor, failures - 1), (double) max.toNanos());
      return Duration.ofNanos((long) (jitter == Jitter.FULL ? nanos * chance : nanos));
    }
  }

  /// Whether chance is part of a wait.
  public enum Jitter {
    NONE,
    FULL
  }

  /// Whether an answer with this status is a reason to ask somebody else.
  boolean isFor(int status) {
    if (status == 429 && onRateLimit) {
      return true;
    }
    for (int prefix : onStatus) {
      if (status == prefix || status / 10 == prefix || status / 100 == prefix) {
        return true;
      }
    }
    return false;
  }
}
