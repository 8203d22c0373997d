package dev.interceptor.core.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// A flat JSON object under construction, as UTF-8 bytes. One owner, one thread.
final class JsonBytes {
  private byte[] array;
  private int length;

  JsonBytes(int expected) {
    array = new byte[expected];
  }

  /// The bytes written, followed by unused ones. Not a copy.
  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  byte[] toBytes() {
    return Arrays.copyOf(array, length);
  }

  JsonBytes raw(String ascii) {
    int count = ascii.length();
    reserve(count);
    for (int i = 0; i < count; i++) {
      array[length++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  JsonBytes raw(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
    return this;
  }

  JsonBytes number(String name, long value) {
    return name(name).raw(Long.toString(value));
  }

  /// @throws IllegalArgumentException if the value has a lone surrogate, which UTF-8 cannot write
  JsonBytes string(String name, String value) {
    return name(name).raw("\"").text(value).raw("\"");
  }

  /// @param name plain ASCII without anything to escape
  private JsonBytes name(String name) {
    boolean first = length == 0 || array[length - 1] == '{';
    return raw(first ? "\"" : ",\"").raw(name).raw("\":");
  }

  private JsonBytes text(String value) {
    if (value.chars().anyMatch(c -> c >= 0x80)
        && !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw new IllegalArgumentException("a lone surrogate has no UTF-8 form");
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    reserve(utf8.length);
    for (byte b : utf8) {
      if ((b >= 0 && b < 0x20) || b == '"' || b == '\\') {
        raw("\\u00").raw(HexFormat.of().toHexDigits(b));
      } else {
        reserve(1);
        array[length++] = b;
      }
    }
    return this;
  }

  private void reserve(int count) {
    if (array.length - length < count) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + count));
    }
  }
}
