package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;

/// Credentials that are known by something in their middle.
final class InfixSecrets {
  private InfixSecrets() {}

  static void report(PlainText text, int i, char c, Findings findings) {
    switch (c) {
      case '~' -> azure(text, i, findings);
      case '.' -> dotted(text, i, findings);
      default -> facebook(text, i, findings);
    }
  }

  /// A client secret of Azure AD: three characters, a digit, `Q~`, 31 to 34 characters.
  private static void azure(PlainText text, int i, Findings findings) {
    if (text.at(i - 1) != 'Q' || !Ascii.isDigit(text.at(i - 2))) {
      return;
    }
    int start = i - 5;
    int end = i + 1;
    while (end - i <= 40 && isAzure(text.at(end))) {
      end++;
    }
    boolean varied = text.at(i + 1) != text.at(i + 2) || text.at(i + 2) != text.at(i + 3);
    if (start >= 0 && end - i - 1 >= 31 && varied && !Ascii.isAlnum(text.at(start - 1))) {
      findings.add(SECRETS, start, end);
    }
  }

  private static boolean isAzure(char c) {
    return TokenShape.Alphabet.URL_SAFE.has(c) || c == '.' || c == '~';
  }

  /// Terraform's `….atlasv1.…`, and Discord's bot tokens of three parts.
  private static void dotted(PlainText text, int i, Findings findings) {
    int start = i;
    while (i - start < 30 && TokenShape.Alphabet.URL_SAFE.has(text.at(start - 1))) {
      start--;
    }
    if (text.startsWith("atlasv1.", i + 1) && i - start >= 14) {
      int end = run(text, i + 9, 80);
      if (end - i - 9 >= 50) {
        findings.add(SECRETS, start, end);
      }
      return;
    }
    char first = text.at(start);
    boolean bot = first >= 'M' && first <= 'O' && i - start >= 23 && i - start <= 28;
    if (bot && run(text, i + 1, 8) == i + 7 && text.at(i + 7) == '.') {
      int end = run(text, i + 8, 48);
      if (end - i - 8 >= 27) {
        findings.add(SECRETS, start, end);
      }
    }
  }

  /// Facebook's `app id|secret`.
  private static void facebook(PlainText text, int i, Findings findings) {
    int start = digitsBefore(text, i);
    int end = run(text, i + 1, 48);
    if (i - start >= 15 && i - start <= 16 && end - i - 1 >= 27) {
      findings.add(SECRETS, start, end);
    }
  }

  /// Telegram's `bot id:AA…`.
  static void telegram(PlainText text, int i, char c, Findings findings) {
    if (c != ':' || text.at(i + 1) != 'A' || !Ascii.isDigit(text.at(i - 1))) {
      return;
    }
    int start = digitsBefore(text, i);
    int end = run(text, i + 1, 40);
    if (i - start >= 8 && end - i - 1 >= 34 && end - i - 1 <= 36) {
      findings.add(SECRETS, start, end);
    }
  }

  /// Mailchimp's key with its data center: 32 hex digits, `-us`, a number.
  ///
  /// @param i index of `-`
  static void mailchimp(PlainText text, int i, Findings findings) {
    boolean center = text.startsWith("us", i + 1) && Ascii.isDigit(text.at(i + 3));
    int start = i;
    while (center && i - start < 33 && Ascii.isHex(text.at(start - 1))) {
      start--;
    }
    if (i - start == 32) {
      findings.add(SECRETS, start, i + (Ascii.isDigit(text.at(i + 4)) ? 5 : 4));
    }
  }

  private static int digitsBefore(PlainText text, int i) {
    int start = i;
    while (i - start < 17 && Ascii.isDigit(text.at(start - 1))) {
      start--;
    }
    return start;
  }

  private static int run(PlainText text, int from, int longest) {
    int end = from;
    while (end - from < longest && TokenShape.Alphabet.URL_SAFE.has(text.at(end))) {
      end++;
    }
    return end;
  }
}
