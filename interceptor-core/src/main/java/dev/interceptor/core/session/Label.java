package dev.interceptor.core.session;

import java.util.regex.Pattern;

/// A taint: what a session has touched, in the words of the policy. 1 to 64 of `A-Z a-z 0-9 _ . :
/// -`.
public record Label(String value) implements Comparable<Label> {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

  /// @throws IllegalArgumentException if the value breaks the syntax
  public Label {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("tag is not 1-64 of A-Z a-z 0-9 _ . : -");
    }
  }

  @Override
  public int compareTo(Label other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
