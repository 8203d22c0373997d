package dev.interceptor.server.policy;

import java.util.Optional;

/// Which of a row of looks at files to act on: one that found the same as the look before it, and
/// something else than what was acted on last. Not thread-safe.
final class TwoLooks {
  private PolicyFiles.Look taken;
  private PolicyFiles.Look before;

  /// @param taken what was acted on already
  TwoLooks(PolicyFiles.Look taken) {
    this.taken = taken;
    this.before = taken;
  }

  /// The look, if it is one to act on.
  Optional<PolicyFiles.Look> settled(PolicyFiles.Look now) {
    boolean settled = now.equals(before) && !now.equals(taken);
    before = now;
    if (!settled) {
      return Optional.empty();
    }
    taken = now;
    return Optional.of(now);
  }
}
