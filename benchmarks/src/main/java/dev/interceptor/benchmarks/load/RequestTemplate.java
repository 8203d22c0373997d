package dev.interceptor.benchmarks.load;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/// A request, encoded once. Its number, ten digits wherever they stand, can be changed without
/// another copy.
final class RequestTemplate {
  /// Stands for the number: ten digits that no other part of a request contains.
  static final String COUNTER = "7319046825";

  private final byte[] bytes;
  private final int[] counters;

  /// @param counters where the digits are
  private RequestTemplate(byte[] bytes, int[] counters) {
    this.bytes = bytes;
    this.counters = counters;
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
    return new RequestTemplate(
        text.getBytes(StandardCharsets.UTF_8),
        IntStream.range(0, text.length()).filter(i -> text.startsWith(COUNTER, i)).toArray());
  }

  /// A copy for one connection, numbered `number`.
  byte[] numbered(long number) {
    byte[] copy = bytes.clone();
    number(copy, number);
    return copy;
  }

  /// Writes `number` into a copy of this request.
  void number(byte[] copy, long number) {
    for (int counter : counters) {
      long rest = number;
      for (int i = counter + COUNTER.length() - 1; i >= counter; i--) {
        copy[i] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
  }

  /// Whether `answer[from, to)` has the number of the request that `copy` is.
  boolean isNumberedLike(byte[] copy, byte[] answer, int from, int to) {
    int counter = counters[0];
    byte[] digits = Arrays.copyOfRange(copy, counter, counter + COUNTER.length());
    return HttpFrame.after(answer, from, to, digits) >= 0;
  }
}
