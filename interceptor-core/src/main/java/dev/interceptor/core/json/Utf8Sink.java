package dev.interceptor.core.json;

import java.util.Arrays;

/// A growing array of UTF-8 bytes.
final class Utf8Sink {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /// An escape such as `\u001f`.
  private static final int MOST_BYTES_OF_A_CHAR = 6;

  private byte[] bytes = new byte[256];
  private int length;

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void ascii(char c) {
    room(1);
    bytes[length++] = (byte) c;
  }

  void ascii(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
  }

  /// Writes a string literal with its quotes, escaped as RFC 8785 §3.2.2.2 says.
  void string(String text) {
    ascii('"');
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      room(MOST_BYTES_OF_A_CHAR);
      if (c >= 0x80) {
        at += nonAscii(text, at);
        continue;
      }
      if (c < 0x20 || c == '"' || c == '\\') {
        escaped(c);
      } else {
        bytes[length++] = (byte) c;
      }
      at++;
    }
    ascii('"');
  }

  /// @return the chars that were written, two for a surrogate pair
  private int nonAscii(String text, int index) {
    int c = text.codePointAt(index);
    if (c < 0x800) {
      bytes[length++] = (byte) (0xC0 | c >> 6);
    } else if (c < 0x10000) {
      bytes[length++] = (byte) (0xE0 | c >> 12);
      bytes[length++] = continuation(c >> 6);
    } else {
      bytes[length++] = (byte) (0xF0 | c >> 18);
      bytes[length++] = continuation(c >> 12);
      bytes[length++] = continuation(c >> 6);
    }
    bytes[length++] = continuation(c);
    return Character.charCount(c);
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  private void escaped(char c) {
    bytes[length++] = '\\';
    switch (c) {
      case '"', '\\' -> bytes[length++] = (byte) c;
      case '\b' -> bytes[length++] = 'b';
      case '\t' -> bytes[length++] = 't';
      case '\n' -> bytes[length++] = 'n';
      case '\f' -> bytes[length++] = 'f';
      case '\r' -> bytes[length++] = 'r';
      default -> {
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[c >> 4];
        bytes[length++] = HEX[c & 0xF];
      }
    }
  }

  /// Writes a finite number as ECMAScript's Number::toString does (RFC 8785 §3.2.2.3).
  void number(double value) {
    room(EcmaNumber.MOST_BYTES);
    length = EcmaNumber.write(value, bytes, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
