package dev.interceptor.core.tool;

import java.util.regex.Pattern;

/// A class that policies sort tools into; the eight constants are the standard ones, any other name
/// may be used.
public record ToolClass(String value) implements Comparable<ToolClass> {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

  public static final ToolClass SAFE_READ = new ToolClass("SAFE_READ");
  public static final ToolClass SENSITIVE_READ = new ToolClass("SENSITIVE_READ");
  public static final ToolClass UNTRUSTED_READ = new ToolClass("UNTRUSTED_READ");
  public static final ToolClass SAFE_WRITE = new ToolClass("SAFE_WRITE");
  public static final ToolClass CONSEQUENTIAL_WRITE = new ToolClass("CONSEQUENTIAL_WRITE");
  public static final ToolClass UNSAFE_EXECUTE = new ToolClass("UNSAFE_EXECUTE");
  public static final ToolClass HUMAN_VERIFY = new ToolClass("HUMAN_VERIFY");
  public static final ToolClass SANITIZER = new ToolClass("SANITIZER");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public ToolClass {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("tool class is not 1-64 of A-Z a-z 0-9 _ . : -");
    }
  }

  @Override
  public int compareTo(ToolClass other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
