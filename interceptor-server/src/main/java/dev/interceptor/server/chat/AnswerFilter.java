package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/// One answer of a model on its way to the client, in one wire format.
///
/// *Guarantees*: whatever the pieces in which a stream comes, the client's text is the redaction of
/// the whole text, and of a tool call not one byte leaves before its verdict. *Does not*: reduce
/// the answer to a schema; that is done to what leaves here. One object serves one answer.
interface AnswerFilter {
  /// The whole answer as the client may see it.
  ///
  /// @param answer may be changed
  /// @throws ModelProtocolException if the answer is not one of the format
  /// @throws dev.interceptor.server.failure.InterceptorException from the gate
  ObjectNode whole(ObjectNode answer) throws ModelProtocolException;

  /// The next event of a stream.
  ///
  /// @throws IOException from `out`, or as a {@link ModelProtocolException} if the event is not one
  ///   of the format
  void take(ObjectNode event, Sink out) throws IOException;

  /// The stream has ended, in the way of its format: gives what was held back.
  ///
  /// @throws ModelProtocolException if the stream ended in the middle of something
  void end(Sink out) throws IOException;

  /// The ids of the answer and its items that a later request may refer to: those of an answer that
  /// is complete and lacks nothing.
  default List<String> referable() {
    return List.of();
  }

  /// Where the events go that the client sees.
  interface Sink {
    /// An event that was made or changed here.
    void send(ObjectNode event) throws IOException;

    /// An event exactly as `take` got it, the same object, at once or later: where the provider is
    /// trusted its bytes leave as they came.
    void pass(ObjectNode event) throws IOException;
  }
}
