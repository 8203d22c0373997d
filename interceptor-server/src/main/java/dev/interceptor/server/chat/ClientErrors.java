package dev.interceptor.server.chat;

import dev.interceptor.server.failure.OpenAiError;
import dev.interceptor.server.targets.Dialect;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/// Answers in one piece, and errors in the form that the format's clients read.
final class ClientErrors {
  private ClientErrors() {}

  static void write(
      HttpServletResponse response, String requestId, Dialect dialect, OpenAiError error)
      throws IOException {
    write(
        response,
        requestId,
        error.status(),
        error.headers(),
        ModelEvents.bytes(dialect.isOllama() ? error.ollama() : error.envelope()));
  }

  /// @throws ClientGoneException if the client does not take it
  static void write(
      HttpServletResponse response,
      String requestId,
      int status,
      Map<String, String> headers,
      byte[] body)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Request-Id", requestId);
    headers.forEach(response::setHeader);
    response.setContentLength(body.length);
    try {
      response.getOutputStream().write(body);
      response.flushBuffer();
    } catch (IOException e) {
      throw new ClientGoneException(e);
    }
  }
}
