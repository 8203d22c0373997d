package dev.interceptor.server.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Values of `Mcp-Name` and `Mcp-Param-*` headers: as they are where that is safe, else in the
/// sentinel form `=?base64?…?=` (MCP 2026-07-28, transports).
final class HeaderValue {
  private static final String PREFIX = "=?base64?";
  private static final String SUFFIX = "?=";

  private HeaderValue() {}

  static String encode(String value) {
    if (isPlain(value)) {
      return value;
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return PREFIX + Base64.getEncoder().encodeToString(utf8) + SUFFIX;
  }

  private static boolean isPlain(String value) {
    if (value.isEmpty()) {
      return true;
    }
    boolean sentinel = value.startsWith(PREFIX) && value.endsWith(SUFFIX);
    return !sentinel
        && !isSpace(value.charAt(0))
        && !isSpace(value.charAt(value.length() - 1))
        && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
