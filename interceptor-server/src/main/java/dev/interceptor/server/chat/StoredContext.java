package dev.interceptor.server.chat;

/// Something that a request takes from the provider's store, which was never seen here or was seen
/// in another request.
///
/// @param id as the client wrote it; empty for BACKGROUND
/// @param place where it stands, such as `input[2].id`
record StoredContext(Kind kind, String id, String place) {
  /// What it is.
  enum Kind {
    RESPONSE,
    CONVERSATION,
    PROMPT,
    ITEM,
    FILE,
    VECTOR_STORE,
    CONTAINER,
    /// A recording of the model's earlier answer.
    AUDIO,
    /// The answer is to be fetched later, past this request.
    BACKGROUND
  }
}
