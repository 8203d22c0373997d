package dev.interceptor.core.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// Base64url as JOSE writes it: no padding, no line breaks, unused bits zero (RFC 7515 §2, RFC 4648
/// §3.5), so that one byte string has exactly one spelling.
final class Base64Url {
  private static final byte[] DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUES = values();

  private Base64Url() {}

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < DIGITS.length; i++) {
      values[DIGITS[i]] = (byte) i;
    }
    return values;
  }

  static int encodedLength(int bytes) {
    return (bytes * 8 + 5) / 6;
  }

  /// Writes the spelling of `source[from, to)` at `target[at…]`.
  ///
  /// @return the position after the last digit
  static int encode(byte[] source, int from, int to, byte[] target, int at) {
    int out = at;
    int in = from;
    for (; in + 2 < to; in += 3) {
      int bits = (source[in] & 0xff) << 16 | (source[in + 1] & 0xff) << 8 | (source[in + 2] & 0xff);
      target[out++] = DIGITS[bits >>> 18];
      target[out++] = DIGITS[bits >>> 12 & 63];
      target[out++] = DIGITS[bits >>> 6 & 63];
      target[out++] = DIGITS[bits & 63];
    }
    if (in + 1 == to) {
      int bits = (source[in] & 0xff) << 4;
      target[out++] = DIGITS[bits >>> 6];
      target[out++] = DIGITS[bits & 63];
    } else if (in + 2 == to) {
      int bits = (source[in] & 0xff) << 10 | (source[in + 1] & 0xff) << 2;
      target[out++] = DIGITS[bits >>> 12];
      target[out++] = DIGITS[bits >>> 6 & 63];
      target[out++] = DIGITS[bits & 63];
    }
    return out;
  }

  static String encode(byte[] source) {
    byte[] digits = new byte[encodedLength(source.length)];
    encode(source, 0, source.length, digits, 0);
    return new String(digits, StandardCharsets.ISO_8859_1);
  }

  /// @return the bytes, or empty if `text[from, to)` is not the one spelling of any
  static Optional<byte[]> decode(byte[] text, int from, int to) {
    int length = to - from;
    int tail = length & 3;
    if (tail == 1) {
      return Optional.empty();
    }
    for (int i = from; i < to; i++) {
      if (VALUES[text[i] & 0xff] < 0) {
        return Optional.empty();
      }
    }
    int unusedBits = tail == 2 ? 0b1111 : tail == 3 ? 0b11 : 0;
    if (unusedBits != 0 && (VALUES[text[to - 1]] & unusedBits) != 0) {
      return Optional.empty();
    }
    return Optional.of(Base64.getUrlDecoder().decode(Arrays.copyOfRange(text, from, to)));
  }

  static Optional<byte[]> decode(String text) {
    byte[] digits = text.getBytes(StandardCharsets.ISO_8859_1);
    return decode(digits, 0, digits.length);
  }
}
