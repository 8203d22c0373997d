package dev.interceptor.core.tool;

import java.util.regex.Pattern;

/// The name a tool server gives its tool: 1 to 128 of `A-Z a-z 0-9 _ . / -`, compared byte for
/// byte.
public record ToolName(String value) {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_./-]{1,128}");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public ToolName {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("tool name is not 1-128 of A-Z a-z 0-9 _ . / -");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
