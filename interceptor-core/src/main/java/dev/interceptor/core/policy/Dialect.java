package dev.interceptor.core.policy;

import java.util.Arrays;
import java.util.Optional;

/// How a policy's text is to be understood. Everything is translated into one model while it is
/// read; deciding does not know dialects.
enum Dialect {
  STRICT("strict"),
  /// What Sentinel v1 decided, without its defects.
  SENTINEL_V1("sentinel-v1"),
  /// A file of lilith 0.2. Recognised by its shape, never by `semantics`.
  LILITH("lilith-0.2");

  private final String word;

  Dialect(String word) {
    this.word = word;
  }

  /// @param word what a policy may write as `semantics`
  static Optional<Dialect> of(String word) {
    return Arrays.stream(values())
        .filter(dialect -> dialect != LILITH && dialect.word.equals(word))
        .findFirst();
  }

  /// The ancestors' texts: a `*` in a tool's name is a star, and a member that is null is absent.
  boolean isAncestral() {
    return this != STRICT;
  }

  @Override
  public String toString() {
    return word;
  }
}
