package dev.interceptor.server.guard;

/// A set of ASCII characters that credentials are made of.
enum Alphabet {
  NONE(""),
  DIGIT("0-9"),
  HEX("0-9a-fA-F"),
  /// Digits and upper case.
  UPPER("0-9A-Z"),
  ALNUM("0-9A-Za-z"),
  WORD("0-9A-Za-z_"),
  URLSAFE("0-9A-Za-z_-"),
  /// As URLSAFE, with `.` and `=`.
  DOTTED("0-9A-Za-z_.=-"),
  BASE64("0-9A-Za-z+/="),
  /// Client secrets of Azure AD.
  AZURE("0-9A-Za-z_.~-"),
  /// Tokens of Sentry: base64 in two parts.
  SENTRY("0-9A-Za-z+/=_"),
  /// The path of a link.
  PATH("0-9A-Za-z_@/-");

  private final long low;
  private final long high;

  /// @param ranges characters, and ranges of them as `a-z`; a hyphen at the end stands for itself
  Alphabet(String ranges) {
    long[] set = new long[2];
    for (int i = 0; i < ranges.length(); i++) {
      boolean range = i + 2 < ranges.length() && ranges.charAt(i + 1) == '-';
      char last = ranges.charAt(range ? i + 2 : i);
      for (char c = ranges.charAt(i); c <= last; c++) {
        set[c >> 6] |= 1L << c;
      }
      i += range ? 2 : 0;
    }
    this.low = set[0];
    this.high = set[1];
  }

  boolean has(char c) {
    return c < 128 && ((c < 64 ? low : high) >>> c & 1) != 0;
  }

  /// The index after the run of these characters that starts at `from`.
  int runEnd(PlainText text, int from) {
    int end = from;
    while (has(text.at(end))) {
      end++;
    }
    return end;
  }

  /// The index where the run of these characters that ends before `to` starts, at most `longest`
  /// characters back.
  int runStart(PlainText text, int to, int longest) {
    int start = to;
    while (to - start < longest && has(text.at(start - 1))) {
      start--;
    }
    return start;
  }
}
