package dev.interceptor.server.guard;

import java.util.Optional;

/// A model that judges one text at a time. Thread-safe.
interface TextJudge extends AutoCloseable {
  /// The longest text that it judges, in chars.
  int longest();

  /// @return what the text is flagged as; empty if it is clear
  /// @throws dev.interceptor.server.failure.InterceptorException GUARD_UNAVAILABLE if there is no
  ///   verdict
  Optional<String> flaw(String text, Sensitivity sensitivity);

  @Override
  default void close() {}
}
