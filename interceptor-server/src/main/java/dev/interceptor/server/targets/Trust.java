package dev.interceptor.server.targets;

/// How much of what a provider sends may reach the client unchanged. Lifts the reduction to the
/// schema and the masking of errors only: policy and redaction apply at every level.
public enum Trust {
  /// Answers are reduced to the schema, errors are replaced by the fixed table.
  NONE,
  /// Answers are reduced to the schema, errors pass unchanged.
  ERRORS,
  /// Everything passes unchanged.
  FULL;

  public boolean keepsErrors() {
    return this != NONE;
  }

  public boolean keepsAnswers() {
    return this == FULL;
  }
}
