package dev.interceptor.benchmarks.client;

import java.io.IOException;
import java.net.URI;

/// A blocking HTTP client as the interceptor would use one: many threads, kept-alive connections,
/// the whole answer as bytes.
interface PostClient extends AutoCloseable {
  /// @return the body of a 200
  /// @throws IOException for everything else
  byte[] post(byte[] body) throws IOException;

  @Override
  void close() throws IOException;

  static PostClient open(String name, URI url) {
    return switch (name) {
      case "apache" -> new ApachePostClient(url);
      case "jdk" -> new JdkPostClient(url);
      case "socket" -> new SocketPostClient(url);
      default -> throw new IllegalArgumentException("no client `" + name + "`");
    };
  }
}
