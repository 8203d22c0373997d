package dev.interceptor.core.json;

/// A string of valid Unicode: no lone surrogates.
public record JsonString(String value) implements JsonValue {
  /// @throws IllegalArgumentException for a lone surrogate, which UTF-8 cannot encode
  public JsonString {
    requireUnicode(value);
  }

  static void requireUnicode(String text) {
    int at = 0;
    while (at < text.length()) {
      if (!Character.isSurrogate(text.charAt(at))) {
        at++;
        continue;
      }
      if (!Character.isSupplementaryCodePoint(text.codePointAt(at))) {
        throw new IllegalArgumentException("lone surrogate in a string");
      }
      at += 2;
    }
  }
}
