package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;

/// Something found in a text.
///
/// @param start index of its first char in the text
/// @param end index after its last char
public record Finding(Detection kind, int start, int end) {
  public Finding {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("a finding is a non-empty part of a text");
    }
  }
}
