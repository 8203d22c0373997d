package dev.interceptor.server.upstream;

import java.util.Locale;

/// How a tool's definition comes to be trusted.
public enum Pinning {
  /// The first one that is seen counts until an operator approves another.
  FIRST_SIGHT,
  /// None counts before an operator has approved it.
  OPERATOR;

  /// @throws IllegalArgumentException naming the words to choose from
  public static Pinning parse(String text) {
    for (Pinning pinning : values()) {
      if (pinning.word().equals(text.strip())) {
        return pinning;
      }
    }
    throw new IllegalArgumentException(
        "`pinning` has a value that cannot be used: write first-sight or operator");
  }

  /// As configurations write it.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
