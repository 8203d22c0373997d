package dev.interceptor.core.identity;

import java.util.regex.Pattern;

/// Identifies a customer: 1 to 64 of `a-z 0-9 - _`, starting with a letter or digit.
public record CustomerId(String value) {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public CustomerId {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("customer id is not 1-64 of a-z 0-9 - _");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
