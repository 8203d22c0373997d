package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.PII;

/// Personal data that can be told by its form: e-mail addresses, phone numbers with a country code,
/// with a trunk zero or written the North American way, bank accounts (IBAN), payment cards,
/// Bitcoin addresses, and national ids that have a checksum or a form of their own. Names, postal
/// addresses and IP addresses are not looked for.
///
/// One pass; what is read around a character is bounded.
final class PiiDetector implements Detector {
  private static final int LONGEST_WORD = 64;
  private static final int LONGEST_LOCAL_PART = 64;
  private static final int LONGEST_DOMAIN = 253;
  private static final int SHORTEST_PHONE = 8;
  private static final int LONGEST_PHONE = 15;

  @Override
  public void scan(PlainText text, Findings findings) {
    int i = text.from();
    while (i < text.length()) {
      char c = text.at(i);
      int end = -1;
      if (c == '@') {
        email(text, i, findings);
      } else if (c == '+') {
        end = phone(text, i);
      } else if (Ascii.isAlnum(c)) {
        end = word(text, i);
      } else if (c == '(') {
        end = NumberGroups.northAmericanInBrackets(text, i);
      }
      if (end > i) {
        findings.add(PII, i, end);
        i = end;
      } else {
        i++;
      }
    }
  }

  /// What starts at a letter or digit.
  private static int word(PlainText text, int i) {
    char before = text.at(i - 1);
    if (Ascii.isWord(before)) {
      boolean digits = Ascii.isDigit(text.at(i)) && Ascii.isLetter(before);
      return digits ? NationalIds.afterLetters(text, i) : -1;
    }
    int end = i;
    boolean digits = false;
    while (end - i < LONGEST_WORD && Ascii.isAlnum(text.at(end))) {
      digits |= Ascii.isDigit(text.at(end));
      end++;
    }
    if (!digits && (end - i != 2 || !Ascii.isDigit(text.at(end + 1)))) {
      return -1;
    }
    return number(text, i, end);
  }

  private static int number(PlainText text, int i, int wordEnd) {
    int end = NationalIds.mixed(text, i);
    if (end < 0) {
      end = LetteredIds.end(text, i, wordEnd);
    }
    if (end < 0) {
      end = Iban.end(text, i);
    }
    if (end < 0 && Ascii.isDigit(text.at(i))) {
      end = NumberGroups.end(text, i);
    }
    if (end < 0 && text.at(i) == '0' && !isDecimal(text, i)) {
      end = PhoneNumbers.end(text, i);
    }
    return end < 0 && BitcoinAddress.is(text, i, wordEnd) ? wordEnd : end;
  }

  /// Whether the digits go on a number: `1.0`, `10-0`, `5,0`.
  private static boolean isDecimal(PlainText text, int i) {
    char before = text.at(i - 1);
    return (before == '.' || before == '-' || before == ',' || before == '/' || before == ':')
        && Ascii.isAlnum(text.at(i - 2));
  }

  private static void email(PlainText text, int at, Findings findings) {
    int start = at;
    while (at - start < LONGEST_LOCAL_PART && isLocal(text.at(start - 1))) {
      start--;
    }
    while (start < at && (text.at(start) == '.' || text.at(start) == '-')) {
      start++;
    }
    int end = at + 1;
    int lastDot = -1;
    while (end - at <= LONGEST_DOMAIN && isDomain(text, end)) {
      lastDot = text.at(end) == '.' ? end : lastDot;
      end++;
    }
    boolean topLevel =
        lastDot > at + 1 && end - lastDot > 2 && Ascii.isLetter(text.at(lastDot + 1));
    if (start < at && topLevel) {
      findings.add(PII, start, end);
    }
  }

  private static boolean isLocal(char c) {
    return Ascii.isWord(c)
        || (c >= 0x80 && Character.isLetterOrDigit(c))
        || "!#$%&*+-./?^`{|}~".indexOf(c) >= 0;
  }

  /// A dot counts only between labels.
  private static boolean isDomain(PlainText text, int i) {
    char c = text.at(i);
    if (c == '.' || c == '-') {
      return isLabel(text.at(i + 1)) && (isLabel(text.at(i - 1)) || text.at(i - 1) == '-');
    }
    return isLabel(c);
  }

  private static boolean isLabel(char c) {
    return Ascii.isAlnum(c) || c == '-' || (c >= 0x80 && Character.isLetterOrDigit(c));
  }

  /// `+`, country code and number: 8 to 15 digits, at most two separators between two of them.
  private static int phone(PlainText text, int plus) {
    char before = text.at(plus - 1);
    char first = text.at(plus + 1);
    if (Ascii.isAlnum(before) || before == '+' || first < '1' || first > '9') {
      return -1;
    }
    int digits = 0;
    int end = plus + 1;
    int i = plus + 1;
    while (digits < LONGEST_PHONE && i - end < 3) {
      char c = text.at(i);
      if (Ascii.isDigit(c)) {
        digits++;
        end = i + 1;
      } else if (" -.()/".indexOf(c) < 0) {
        break;
      }
      i++;
    }
    return digits >= SHORTEST_PHONE && !Ascii.isAlnum(text.at(end)) ? end : -1;
  }
}
