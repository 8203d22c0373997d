package dev.interceptor.core.json;

import java.nio.charset.StandardCharsets;

/// Reads string literals: valid UTF-8 (RFC 3629) and escapes whose surrogates come in pairs.
final class StringScanner {
  private final byte[] text;
  private int at;

  StringScanner(byte[] text) {
    this.text = text;
  }

  /// @param opening where the opening quote is
  String scan(int opening) throws MalformedJsonException {
    at = opening + 1;
    boolean ascii = true;
    while (true) {
      int next = next();
      if (next == '"') {
        int length = at - opening - 1;
        String value =
            new String(
                text,
                opening + 1,
                length,
                ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        at++;
        return value;
      }
      if (next == '\\') {
        return scanWithEscapes(opening + 1);
      }
      ascii &= next < 0x80;
      pass(next);
    }
  }

  /// Where the text goes on after the closing quote.
  int end() {
    return at;
  }

  private String scanWithEscapes(int start) throws MalformedJsonException {
    StringBuilder value = new StringBuilder();
    int plain = start;
    while (true) {
      int next = next();
      if (next != '"' && next != '\\') {
        pass(next);
        continue;
      }
      if (at > plain) {
        value.append(new String(text, plain, at - plain, StandardCharsets.UTF_8));
      }
      if (next == '"') {
        at++;
        return value.toString();
      }
      value.appendCodePoint(escape());
      plain = at;
    }
  }

  private int next() throws MalformedJsonException {
    if (at >= text.length) {
      throw new MalformedJsonException("text ends inside a string", at);
    }
    return text[at] & 0xFF;
  }

  /// Steps over one character that stands for itself.
  private void pass(int lead) throws MalformedJsonException {
    if (lead < 0x20) {
      throw new MalformedJsonException("raw control character in a string; escape it", at);
    }
    at += lead < 0x80 ? 1 : utf8Length(lead);
  }

  private int utf8Length(int lead) throws MalformedJsonException {
    int second = at + 1 < text.length ? text[at + 1] & 0xFF : 0;
    if (lead >= 0xC2 && lead <= 0xDF && isContinuation(second)) {
      return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF && isContinuation(second) && continuesAt(2)) {
      if (lead == 0xED && second >= 0xA0) {
        throw new MalformedJsonException("surrogate encoded as UTF-8", at);
      }
      if (lead != 0xE0 || second >= 0xA0) {
        return 3;
      }
    }
    boolean inRange =
        lead == 0xF0 ? second >= 0x90 : lead == 0xF4 ? second < 0x90 : lead > 0xF0 && lead < 0xF4;
    if (inRange && isContinuation(second) && continuesAt(2) && continuesAt(3)) {
      return 4;
    }
    throw new MalformedJsonException("invalid UTF-8", at);
  }

  private boolean continuesAt(int distance) {
    return at + distance < text.length && isContinuation(text[at + distance]);
  }

  private static boolean isContinuation(int unit) {
    return (unit & 0xC0) == 0x80;
  }

  /// Reads an escape, which for a surrogate pair is two, and steps over it.
  private int escape() throws MalformedJsonException {
    int start = at++;
    int kind = next();
    at++;
    return switch (kind) {
      case '"', '\\', '/' -> kind;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicodeEscape(start);
      default -> throw new MalformedJsonException("unknown escape in a string", start);
    };
  }

  private int unicodeEscape(int start) throws MalformedJsonException {
    char unit = hexUnit();
    if (!Character.isSurrogate(unit)) {
      return unit;
    }
    boolean another = at + 1 < text.length && text[at] == '\\' && text[at + 1] == 'u';
    if (Character.isHighSurrogate(unit) && another) {
      at += 2;
      char low = hexUnit();
      if (Character.isLowSurrogate(low)) {
        return Character.toCodePoint(unit, low);
      }
    }
    throw new MalformedJsonException("lone surrogate in a string", start);
  }

  private char hexUnit() throws MalformedJsonException {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = hexDigit(next());
      if (digit < 0) {
        throw new MalformedJsonException("expected four hex digits after \\u", at);
      }
      unit = unit << 4 | digit;
      at++;
    }
    return (char) unit;
  }

  private static int hexDigit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
