package dev.interceptor.server.guard;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/// A server that runs a guard model, spoken to as Ollama is.
@FunctionalInterface
public interface GuardServer {
  /// @param path such as `/api/chat`
  /// @throws IOException if there is no whole answer in time
  Answer post(String path, byte[] json) throws IOException;

  /// @param body read as UTF-8; at most a mebibyte
  record Answer(int status, String body) {}

  /// Follows no redirect, sends no credential.
  ///
  /// @param timeout until the whole answer is there
  static GuardServer http(URI base, Duration timeout) {
    return new HttpGuardServer(base, timeout);
  }
}
