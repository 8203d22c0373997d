package dev.interceptor.server.guard;

/// What a guard says of a request. Holds nothing of its texts.
public sealed interface PromptVerdict {
  PromptVerdict CLEAR = new Clear();

  /// Nothing was found.
  record Clear() implements PromptVerdict {}

  /// @param kind what was found, in the guard's words: `injection`, or a category such as `S1`
  /// @param role whose text it was found in
  record Flagged(String kind, PromptRole role) implements PromptVerdict {}
}
