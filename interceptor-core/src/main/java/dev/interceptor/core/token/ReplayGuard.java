package dev.interceptor.core.token;

import java.time.Instant;
import java.time.InstantSource;

/// Remembers which tokens were used, for as long as they could be used again. Thread-safe.
///
/// *Guarantees*: of any number of concurrent calls with one id, at most one answers `FIRST_USE`. A
/// guard that cannot remember, or that may have forgotten, says so and never answers `FIRST_USE`.
public interface ReplayGuard {
  /// What a guard knows about an id.
  enum Use {
    /// Never seen before, and remembered from now on.
    FIRST_USE,
    /// Seen before, or its time is over.
    REPLAYED,
    /// Never seen before, and there is no room to remember it.
    FULL,
    /// Not known, but its life began before this guard's memory did.
    UNCERTAIN
  }

  /// Records the use of a token whose other checks have all passed.
  ///
  /// @param id the token's `jti`
  /// @param from the first instant at which it can have been used: the later of `iat` and `nbf`,
  ///   less the leeway
  /// @param until the first instant at which it is refused for its age alone
  Use use(String id, Instant from, Instant until);

  /// A guard in this process's memory, which begins now: tokens that may have been used before are
  /// `UNCERTAIN`, so that a restart forgives no replay. A server accepts its first call when the
  /// second in which it was started and its leeway have passed.
  ///
  /// @param capacity ids remembered at the same time, at least 1; about 150 bytes each
  /// @throws IllegalArgumentException if the capacity is less than 1
  static ReplayGuard inMemory(int capacity, InstantSource clock) {
    return inMemory(capacity, clock.instant(), clock);
  }

  /// The same for a server that knows when its audience was first used.
  ///
  /// @param since no token for this audience was used before
  static ReplayGuard inMemory(int capacity, Instant since, InstantSource clock) {
    return new InMemoryReplayGuard(capacity, since, clock);
  }
}
