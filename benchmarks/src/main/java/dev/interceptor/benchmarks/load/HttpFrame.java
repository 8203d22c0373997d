package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Finds the end of an HTTP/1.1 message with a `Content-Length` in a buffer: as much HTTP as a
/// generator and a stub need.
public final class HttpFrame {
  private static final byte[] LENGTH = "\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
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
    for (int i = 0; i + LENGTH.length < head; i++) {
      if (matches(buffer, i)) {
        return number(buffer, i + LENGTH.length);
      }
    }
    throw new IOException(
        "no content-length in: " + new String(buffer, 0, head, StandardCharsets.ISO_8859_1));
  }

  private static boolean matches(byte[] buffer, int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      int b = buffer[at + i];
      if ((b >= 'A' && b <= 'Z' ? b | LOWER_CASE : b) != LENGTH[i]) {
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
