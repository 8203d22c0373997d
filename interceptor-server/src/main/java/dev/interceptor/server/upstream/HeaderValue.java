package dev.interceptor.server.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Values of `Mcp-Name` and `Mcp-Param-*` headers: as they are where that is safe, else in the
/// sentinel form `=?base64?…?=` (MCP 2026-07-28, transports).
public final class HeaderValue {
  private static final String PREFIX = "=?base64?";
  private static final String SUFFIX = "?=";

  private HeaderValue() {}

  public static String encode(String value) {
    if (isPlain(value)) {
      return value;
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return PREFIX + Base64.getEncoder().encodeToString(utf8) + SUFFIX;
  }

  /// What a received value stands for, without the white space around it; empty if it holds
  /// characters that may not stand in it, or a sentinel around anything but the one standard base64
  /// text of valid UTF-8.
  public static Optional<String> decode(String received) {
    String value = stripped(received);
    if (!value.chars().allMatch(HeaderValue::isVisible)) {
      return Optional.empty();
    }
    boolean sentinel =
        value.length() >= PREFIX.length() + SUFFIX.length()
            && value.startsWith(PREFIX)
            && value.endsWith(SUFFIX);
    return sentinel
        ? utf8(value.substring(PREFIX.length(), value.length() - SUFFIX.length()))
        : Optional.of(value);
  }

  private static Optional<String> utf8(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        return Optional.empty();
      }
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException _) {
      return Optional.empty();
    }
  }

  /// The value without the optional white space of RFC 9110 §5.5 around it.
  public static String stripped(String value) {
    int start = 0;
    int end = value.length();
    while (start < end && isSpace(value.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(value.charAt(end - 1))) {
      end--;
    }
    return value.substring(start, end);
  }

  private static boolean isPlain(String value) {
    if (value.isEmpty()) {
      return true;
    }
    boolean sentinel = value.startsWith(PREFIX) && value.endsWith(SUFFIX);
    return !sentinel
        && !isSpace(value.charAt(0))
        && !isSpace(value.charAt(value.length() - 1))
        && value.chars().allMatch(HeaderValue::isVisible);
  }

  private static boolean isVisible(int c) {
    return c == '\t' || (c >= ' ' && c < 0x7f);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
