package dev.interceptor.core.tlog;

import java.util.Base64;
import java.util.Optional;

/// Base 64 (RFC 4648 §4) that has one spelling: padded, no line breaks, no stray bits.
final class StrictBase64 {
  private StrictBase64() {}

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// @return the bytes, or nothing for a text that [#encode] does not write
  static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
