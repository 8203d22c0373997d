package dev.interceptor.server.mcp;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// A POST on a socket that a test can drop at any moment.
final class RawPost implements AutoCloseable {
  private final Socket socket;
  private final String path;
  private final String apiKey;

  RawPost(String base, String path, String apiKey) throws IOException {
    URI url = URI.create(base);
    this.socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(10_000);
    this.path = path;
    this.apiKey = apiKey;
  }

  /// @param headers more header lines, each with its end
  void send(String headers, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(path, socket.getPort(), apiKey, headers, bytes.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /// Whether the text comes before the end of the answer.
  boolean readUntil(String text) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder seen = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      seen.append((char) next);
      if (seen.indexOf(text) >= 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
