package dev.interceptor.server.guard;

import dev.interceptor.server.guard.SecretNames.Kind;
import java.util.Locale;
import java.util.Set;

/// Where an assigned value ends, and whether it looks like a secret.
final class SecretValues {
  static final int LONGEST = 1024;
  private static final int LONGEST_WITH_BLANKS = 256;

  /// What a longer value begins with says what it is.
  private static final int LONGEST_JUDGED = 256;

  private static final int LONGEST_EXAMPLE = 16;

  private static final Set<String> EXAMPLES =
      Set.of(
          "password",
          "passwd",
          "secret",
          "changeme",
          "change_me",
          "example",
          "string",
          "required",
          "optional",
          "hidden",
          "redacted",
          "incorrect",
          "invalid",
          "missing",
          "unknown",
          "undefined",
          "null",
          "none",
          "true",
          "false",
          "expired",
          "forgotten",
          "protected",
          "yes",
          "empty");

  private SecretValues() {}

  /// A value with blanks in it is quoted, and ends at the latest after `LONGEST_WITH_BLANKS`.
  static int end(PlainText text, int start, boolean quoted) {
    int end = start;
    int longest = LONGEST;
    while (end - start < longest) {
      char c = text.at(end);
      if (c < ' ' || isQuote(c) || c == '\\' || c == '<') {
        break;
      }
      if (c == ' ' && quoted && end - start < LONGEST_WITH_BLANKS) {
        longest = LONGEST_WITH_BLANKS;
      } else if (c == ' ' || (!quoted && (c == ',' || c == ';' || c == '&'))) {
        break;
      }
      end++;
    }
    while (!quoted && end > start && isStop(text.at(end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isStop(char c) {
    return c == '.' || c == ')' || c == ']' || c == '}';
  }

  /// Whether a value looks like what its name says.
  static boolean looksSecret(PlainText text, int start, int end, Kind kind, boolean quoted) {
    int length = end - start;
    int judged = Math.min(end, start + LONGEST_JUDGED);
    if (length < 4 || isTemplate(text, start, judged)) {
      return false;
    }
    String value = text.substring(start, judged);
    if (length <= LONGEST_EXAMPLE && EXAMPLES.contains(value.toLowerCase(Locale.ROOT))) {
      return false;
    }
    Makeup makeup = Makeup.of(value);
    return switch (kind) {
      case NONE -> false;
      case PASSWORD ->
          quoted
              ? makeup.spaces() == 0 || makeup.digits() > 0
              : length >= 6 && makeup.digits() > 0 && makeup.kinds() > 1 && !makeup.isCode();
      case KEY ->
          length >= 10
              && makeup.spaces() == 0
              && makeup.digits() > 0
              && makeup.letters() > 0
              && !makeup.isCode()
              && makeup.entropy() >= 3.0;
    };
  }

  /// Whether the value only says where the real one comes from: `${…}`, `<…>`, `%s`, `****`,
  /// `xxxx`, a placeholder of a redaction.
  static boolean isTemplate(PlainText text, int start, int end) {
    char first = text.at(start);
    if (first == '$' || first == '<' || first == '{' || first == '[' || first == '%') {
      return true;
    }
    boolean same = true;
    for (int i = start; i < end; i++) {
      char c = text.at(i);
      if (c == '{' && text.at(i + 1) == '{') {
        return true;
      }
      same &= c == first || c == '*' || c == 'x' || c == 'X';
    }
    return same;
  }

  static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }
}
