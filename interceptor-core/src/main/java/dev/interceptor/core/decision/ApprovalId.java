package dev.interceptor.core.decision;

import java.util.regex.Pattern;

/// Names one approval: the decision id of the call that asked for it, a lower-case UUID.
public record ApprovalId(String value) {
  private static final Pattern SYNTAX =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /// @throws IllegalArgumentException if the value is not such a UUID
  public ApprovalId {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("an approval's id is a lower-case UUID");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
