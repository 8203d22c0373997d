package dev.interceptor.core.token;

import java.time.Instant;
import java.time.InstantSource;

/// Remembers which tokens were used, for as long as they could be used again. Thread-safe.
///
/// *Guarantees*: of any number of concurrent calls with one id, at most one answers `FIRST_USE`. A
/// guard that cannot remember says so and never answers `FIRST_USE`.
public interface ReplayGuard {
  /// What a guard knows about an id.
  enum Use {
    /// Never seen before, and remembered from now on.
    FIRST_USE,
    /// Seen before, or its time is over and a use may have been forgotten.
    REPLAYED,
    /// Never seen before, and there is no room to remember it.
    FULL
  }

  /// Records the use of a token whose other checks have all passed.
  ///
  /// @param id the token's `jti`
  /// @param until the first instant at which the token is refused for its age alone
  Use use(String id, Instant until);

  /// A guard in this process's memory.
  ///
  /// @param capacity ids remembered at the same time, at least 1; about 150 bytes each
  /// @throws IllegalArgumentException if the capacity is less than 1
  static ReplayGuard inMemory(int capacity, InstantSource clock) {
    return new InMemoryReplayGuard(capacity, clock);
  }
}
