package dev.interceptor.core.tool;

import java.util.regex.Pattern;

/// The operator's name for a tool server: 1 to 32 of `a-z 0-9 -`, no underscore, so that
/// `upstream__tool` splits one way.
public record UpstreamName(String value) {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public UpstreamName {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("upstream name is not 1-32 of a-z 0-9 -");
    }
  }

  static boolean isOne(String text) {
    return SYNTAX.matcher(text).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
