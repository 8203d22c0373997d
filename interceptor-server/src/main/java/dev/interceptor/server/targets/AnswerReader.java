package dev.interceptor.server.targets;

import java.io.IOException;

/// Reads an answer while its exchange is open.
public interface AnswerReader<T> {
  /// @throws IOException whatever the answer's body throws, or the reader's own; ends the exchange
  T read(ModelAnswer answer) throws IOException;
}
