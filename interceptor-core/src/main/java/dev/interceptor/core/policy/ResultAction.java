package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;

/// What a result rule does when it holds.
public sealed interface ResultAction {
  /// The session carries the tag before the result reaches the caller.
  record AddTaint(Label tag) implements ResultAction {}

  /// What was found is replaced.
  record Redact() implements ResultAction {}

  /// The caller does not get the result.
  record Block() implements ResultAction {}
}
