package dev.interceptor.server.signing;

/// What became of an attempt to change the keys of a directory.
public sealed interface KeyChange {
  /// Done.
  ///
  /// @param kid the key that signs now, or the one that was removed
  record Done(String kid) implements KeyChange {}

  /// Nothing was changed.
  ///
  /// @param why says what to do instead
  record Refused(String why) implements KeyChange {}
}
