package dev.interceptor.core.identity;

import java.util.regex.Pattern;

/// The public part of an API key: eight of `a-z 0-9`. It names the key in lists and logs and opens
/// nothing.
public record ApiKeyId(String value) {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9]{8}");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public ApiKeyId {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("key id is not 8 of a-z 0-9");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
