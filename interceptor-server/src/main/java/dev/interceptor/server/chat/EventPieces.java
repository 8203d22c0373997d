package dev.interceptor.server.chat;

/// In what pieces the text of a stream leaves.
enum EventPieces {
  /// What may be seen leaves at once: an event leaves with a part of its text, and the next with
  /// the rest.
  SPLIT,

  /// An event waits until its whole text may be seen, and leaves as it came if nothing was found:
  /// for a provider whose bytes are to be kept.
  WHOLE
}
