package dev.interceptor.benchmarks.load;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A request, encoded once. Ten digits in it can be counted up without another copy.
final class RequestTemplate {
  /// Ten digits that no other part of a request contains.
  static final String COUNTER = "7319046825";

  private final byte[] bytes;
  private final int counter;

  /// @param counter where the digits are, -1 if there are none
  private RequestTemplate(byte[] bytes, int counter) {
    this.bytes = bytes;
    this.counter = counter;
  }

  static RequestTemplate post(URI url, Map<String, String> headers, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head =
        new StringBuilder("POST ").append(url.getRawPath()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(url.getRawAuthority()).append("\r\n");
    head.append(
        "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: ").append(content.length).append("\r\n\r\n");
    String text = head + body;
    return new RequestTemplate(text.getBytes(StandardCharsets.UTF_8), text.indexOf(COUNTER));
  }

  /// A copy for one connection, numbered `number`.
  byte[] numbered(long number) {
    byte[] copy = bytes.clone();
    number(copy, number);
    return copy;
  }

  /// Writes `number` into a copy of this request.
  void number(byte[] copy, long number) {
    if (counter < 0) {
      return;
    }
    long rest = number;
    for (int i = counter + COUNTER.length() - 1; i >= counter; i--) {
      copy[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
