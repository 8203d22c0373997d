package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Finds the end of an HTTP/1.1 message in a buffer: as much HTTP as a generator and a stub need.
public final class HttpFrame {
  private static final byte[] LENGTH = "\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHUNKED =
      "\ntransfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int LOWER_CASE = 0x20;

  private HttpFrame() {}

  /// @return the position after the empty line, or -1 if it has not arrived in `buffer[0, length)`
  public static int headEnd(byte[] buffer, int length) {
    for (int i = 3; i < length; i++) {
      if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /// @param head the length of the head, as `headEnd` found it
  /// @return the length of the body
  /// @throws IOException if the head does not say
  public static int bodyLength(byte[] buffer, int head) throws IOException {
    int length = header(buffer, head, LENGTH);
    if (length >= 0) {
      return number(buffer, length);
    }
    throw new IOException(
        "no content-length in: " + new String(buffer, 0, head, StandardCharsets.ISO_8859_1));
  }

  /// Where the answer `buffer[0, length)` ends, be it in chunks or not; nothing follows it.
  ///
  /// @return -1 if its end has not arrived
  public static int answerEnd(byte[] buffer, int length) throws IOException {
    int head = headEnd(buffer, length);
    if (head < 0) {
      return -1;
    }
    if (header(buffer, head, CHUNKED) >= 0) {
      int last = length - LAST_CHUNK.length;
      return after(buffer, Math.max(head, last), length, LAST_CHUNK);
    }
    int end = head + bodyLength(buffer, head);
    return end <= length ? end : -1;
  }

  /// @return the position after the first `word` in `buffer[from, to)`, or -1 if there is none
  public static int after(byte[] buffer, int from, int to, byte[] word) {
    for (int i = from; i + word.length <= to; i++) {
      int matched = 0;
      while (matched < word.length && buffer[i + matched] == word[matched]) {
        matched++;
      }
      if (matched == word.length) {
        return i + word.length;
      }
    }
    return -1;
  }

  /// @param name in lower case, after a line feed
  /// @return the position after it, or -1
  private static int header(byte[] buffer, int head, byte[] name) {
    for (int i = 0; i + name.length < head; i++) {
      if (matches(buffer, i, name)) {
        return i + name.length;
      }
    }
    return -1;
  }

  private static boolean matches(byte[] buffer, int at, byte[] name) {
    for (int i = 0; i < name.length; i++) {
      int b = buffer[at + i];
      if ((b >= 'A' && b <= 'Z' ? b | LOWER_CASE : b) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] buffer, int at) {
    int i = at;
    while (buffer[i] == ' ') {
      i++;
    }
    int value = 0;
    for (; buffer[i] >= '0' && buffer[i] <= '9'; i++) {
      value = value * 10 + buffer[i] - '0';
    }
    return value;
  }

  /// The three digits of a response's status.
  public static int status(byte[] buffer) {
    return (buffer[9] - '0') * 100 + (buffer[10] - '0') * 10 + buffer[11] - '0';
  }
}
