package dev.interceptor.server.chat;

/// Something in a request that no guard here can look at.
///
/// @param place where it stands, such as `messages[3].content[1]`
record Unscanned(Kind kind, String place) {
  /// What it is.
  enum Kind {
    IMAGE,
    AUDIO,
    FILE,
    /// Reasoning or a compacted conversation that only its provider can read.
    ENCRYPTED,
    /// A text as a model's token numbers.
    TOKENS,
    /// A part or an item of a type that is not known here; its strings are among the texts.
    UNKNOWN_TYPE
  }
}
