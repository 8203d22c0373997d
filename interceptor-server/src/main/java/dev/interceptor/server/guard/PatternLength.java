package dev.interceptor.server.guard;

/// How long a match of a pattern in RE2 syntax can be.
///
/// Reads what RE2/J has compiled before; it checks no syntax of its own.
final class PatternLength {
  /// For a pattern whose matches can be longer than any number.
  static final long UNBOUNDED = Long.MAX_VALUE;

  private static final long CAPPED = 1L << 40;

  private final String pattern;
  private int at;

  private PatternLength(String pattern) {
    this.pattern = pattern;
  }

  /// In characters.
  static long longestMatch(String pattern) {
    return new PatternLength(pattern).alternatives();
  }

  private boolean more() {
    return at < pattern.length();
  }

  private long alternatives() {
    long longest = 0;
    long branch = 0;
    while (more() && pattern.charAt(at) != ')') {
      if (pattern.charAt(at) == '|') {
        at++;
        longest = Math.max(longest, branch);
        branch = 0;
      } else {
        branch = sum(branch, repeated(atom()));
      }
    }
    return Math.max(longest, branch);
  }

  private static long sum(long a, long b) {
    return a == UNBOUNDED || b == UNBOUNDED ? UNBOUNDED : Math.min(a + b, CAPPED);
  }

  private long atom() {
    char c = pattern.charAt(at++);
    return switch (c) {
      case '(' -> group();
      case '[' -> characterClass();
      case '\\' -> escaped();
      case '^', '$' -> 0;
      default -> 1;
    };
  }

  /// After `(`.
  private long group() {
    if (pattern.startsWith("?", at)) {
      char next = pattern.charAt(at + 1);
      boolean named = next == 'P' || next == '<';
      at++;
      while (pattern.charAt(at) != (named ? '>' : ':')) {
        if (pattern.charAt(at++) == ')') {
          return 0;
        }
      }
      at++;
    }
    long inner = alternatives();
    at++;
    return inner;
  }

  /// After `[`.
  private long characterClass() {
    at += pattern.startsWith("^", at) ? 1 : 0;
    at += pattern.startsWith("]", at) ? 1 : 0;
    while (pattern.charAt(at) != ']') {
      if (pattern.startsWith("[:", at)) {
        at = pattern.indexOf(":]", at) + 2;
      } else {
        at += pattern.charAt(at) == '\\' ? 2 : 1;
      }
    }
    at++;
    return 1;
  }

  /// After a backslash.
  private long escaped() {
    char c = pattern.charAt(at++);
    switch (c) {
      case 'b', 'B', 'A', 'z', 'Z' -> {
        return 0;
      }
      case 'Q' -> {
        return literal();
      }
      case 'p', 'P', 'x' -> {
        if (pattern.startsWith("{", at)) {
          at = pattern.indexOf('}', at) + 1;
        } else {
          at += c == 'x' ? 2 : 1;
        }
      }
      default -> {
        while (Ascii.isDigit(c) && more() && Ascii.isDigit(pattern.charAt(at))) {
          at++;
        }
      }
    }
    return 1;
  }

  /// After `\Q`.
  private long literal() {
    int end = pattern.indexOf("\\E", at);
    int length = (end < 0 ? pattern.length() : end) - at;
    at = end < 0 ? pattern.length() : end + 2;
    return length;
  }

  private long repeated(long length) {
    int before = at;
    long result =
        switch (more() ? pattern.charAt(at) : 0) {
          case '*', '+' -> {
            at++;
            yield UNBOUNDED;
          }
          case '?' -> {
            at++;
            yield length;
          }
          case '{' -> counted(length);
          default -> length;
        };
    boolean lazy = at > before && pattern.startsWith("?", at);
    at += lazy ? 1 : 0;
    return result;
  }

  /// At `{`: `{n}`, `{n,}` or `{n,m}`; anything else is a brace that stands for itself.
  private long counted(long length) {
    int close = pattern.indexOf('}', at);
    String count = close < 0 ? "" : pattern.substring(at + 1, close);
    if (!count.matches("\\d+(?:,\\d*)?")) {
      return length;
    }
    at = close + 1;
    if (count.endsWith(",")) {
      return UNBOUNDED;
    }
    long most = Long.parseLong(count.substring(count.indexOf(',') + 1));
    return length == UNBOUNDED ? UNBOUNDED : Math.min(length * most, CAPPED);
  }
}
