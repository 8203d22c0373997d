package dev.interceptor.server.files;

import java.util.Optional;

/// Which of a row of looks at files to act on: one that found the same as the look before it, and
/// something else than what was acted on last. Not thread-safe.
///
/// @param <L> what a look found; equal if it found the same
public final class TwoLooks<L> {
  private L taken;
  private L before;

  /// @param taken what was acted on already
  public TwoLooks(L taken) {
    this.taken = taken;
    this.before = taken;
  }

  /// The look, if it is one to act on.
  public Optional<L> settled(L now) {
    boolean settled = now.equals(before) && !now.equals(taken);
    before = now;
    if (!settled) {
      return Optional.empty();
    }
    taken = now;
    return Optional.of(now);
  }

  /// What was acted on last.
  public L taken() {
    return taken;
  }
}
