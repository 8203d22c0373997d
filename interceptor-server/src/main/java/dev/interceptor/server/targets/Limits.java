package dev.interceptor.server.targets;

/// Bounds on requests, shared by all instances.
///
/// @param requestsPerSecond how fast the bucket fills; 0 for no bound
/// @param burst how many requests a full bucket holds, at least 1 where there is a rate
/// @param concurrent how many requests are under way at most, until their last byte; 0 for no bound
public record Limits(double requestsPerSecond, int burst, int concurrent) {
  public static final Limits NONE = new Limits(0, 0, 0);

  /// @throws IllegalArgumentException if a bound is negative or a rate has no bucket
  public Limits {
    if (requestsPerSecond < 0 || burst < 0 || concurrent < 0) {
      throw new IllegalArgumentException("a limit is negative");
    }
    if (requestsPerSecond > 0 && burst < 1) {
      throw new IllegalArgumentException("a rate needs a burst of at least 1");
    }
  }

  public boolean boundsNothing() {
    return requestsPerSecond == 0 && concurrent == 0;
  }
}
