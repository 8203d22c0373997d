package dev.interceptor.core.session;

import java.util.regex.Pattern;

/// A session's id as the client chose it: 1 to 128 visible ASCII characters. It identifies only
/// together with a customer.
public record SessionId(String value) {
  private static final Pattern SYNTAX = Pattern.compile("[\\x21-\\x7e]{1,128}");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public SessionId {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("session id is not 1-128 visible ASCII characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
