package dev.interceptor.server.guard;

/// Digits, in groups or not: payment cards, national ids of digits only, North American phone
/// numbers.
final class NumberGroups {
  private static final int MOST_GROUPS = 5;
  private static final int MOST_DIGITS = 20;

  private final PlainText text;
  private final int start;
  private final int[] sizes = new int[MOST_GROUPS];
  private final int[] ends = new int[MOST_GROUPS];
  private final int[] digits = new int[MOST_DIGITS];
  private char separator;
  private int groups;
  private int size;

  private NumberGroups(PlainText text, int start) {
    this.text = text;
    this.start = start;
  }

  /// @param start index of the first digit of a word
  /// @return the index after the number that starts there, -1 if none does
  static int end(PlainText text, int start) {
    NumberGroups number = new NumberGroups(text, start);
    return number.read() ? number.longest() : -1;
  }

  /// `(212) 555-0123`.
  static int northAmericanInBrackets(PlainText text, int bracket) {
    boolean area =
        isAreaDigit(text.at(bracket + 1))
            && Ascii.isDigit(text.at(bracket + 2))
            && Ascii.isDigit(text.at(bracket + 3))
            && text.at(bracket + 4) == ')';
    if (!area) {
      return -1;
    }
    int i = bracket + (text.at(bracket + 5) == ' ' ? 6 : 5);
    NumberGroups rest = new NumberGroups(text, i);
    boolean read = isAreaDigit(text.at(i)) && rest.read();
    return read && rest.isGrouped(3, 4) && rest.separator != 0 ? rest.ends[1] : -1;
  }

  private static boolean isAreaDigit(char c) {
    return c >= '2' && c <= '9';
  }

  /// Groups with the same separator between them, from `start` on; before the last two digits of a
  /// Brazilian CPF stands another one.
  private boolean read() {
    char before = text.at(start - 1);
    boolean within = (before == '.' || before == '-' || before == ',') && isDigitAt(start - 2);
    int i = start;
    while (groups < MOST_GROUPS && !within) {
      int from = i;
      while (Ascii.isDigit(text.at(i)) && size < MOST_DIGITS) {
        digits[size++] = text.at(i++) - '0';
      }
      boolean cut = Ascii.isWord(text.at(i));
      if (i == from || cut) {
        size -= i - from;
        return groups > 0;
      }
      sizes[groups] = i - from;
      ends[groups++] = i;
      char next = text.at(i);
      boolean separates = next == ' ' || next == '-' || next == '.';
      boolean brazilian = separator == '.' && groups == 3 && next == '-';
      boolean other = separator != 0 && next != separator && !brazilian;
      if (!separates || other || !isDigitAt(i + 1)) {
        return true;
      }
      separator = groups == 1 ? next : separator;
      i++;
    }
    return groups > 0;
  }

  private boolean isDigitAt(int i) {
    return Ascii.isDigit(text.at(i));
  }

  private int longest() {
    for (int count = groups; count > 0; count--) {
      if (matches(count)) {
        return ends[count - 1];
      }
    }
    return -1;
  }

  /// Whether the first `count` groups are a number that is looked for.
  private boolean matches(int count) {
    int length = 0;
    for (int i = 0; i < count; i++) {
      length += sizes[i];
    }
    boolean goesOn = count < groups && separator != ' ';
    if (goesOn) {
      return false;
    }
    if (count == 1) {
      return isCard(length) || NationalIds.isBareDigits(digits, length);
    }
    return (isCardGrouping(count) && isCard(length))
        || (!goesOnFromBefore() && NationalIds.isGroupedDigits(digits, sizes, count, separator))
        || (isNorthAmerican(count) && separator != ' ');
  }

  /// Whether another group stands before the first, with the same blank between them.
  private boolean goesOnFromBefore() {
    return separator == ' ' && text.at(start - 1) == ' ' && isDigitAt(start - 2);
  }

  private boolean isNorthAmerican(int count) {
    return count == 3 && isGrouped(3, 3, 4) && digits[0] >= 2 && digits[3] >= 2;
  }

  private boolean isGrouped(int... wanted) {
    boolean same = groups >= wanted.length;
    for (int i = 0; i < wanted.length && same; i++) {
      same = sizes[i] == wanted[i];
    }
    return same;
  }

  private boolean isCardGrouping(int count) {
    return switch (count) {
      case 3 -> isGrouped(4, 6, 5) || isGrouped(4, 6, 4);
      case 4 -> isGrouped(4, 4, 4, 4) || isGrouped(4, 4, 4, 1);
      case 5 -> isGrouped(4, 4, 4, 4, 3);
      default -> false;
    };
  }

  private boolean isCard(int length) {
    return length >= 13
        && length <= 19
        && hasIssuer(length)
        && Checksums.luhn(digits, 0, length)
        && !Checksums.allSame(digits, length);
  }

  /// Whether an issuer has numbers of this beginning and length.
  private boolean hasIssuer(int length) {
    int two = digits[0] * 10 + digits[1];
    int four = two * 100 + digits[2] * 10 + digits[3];
    if (digits[0] == 4) {
      return length == 13 || length == 16 || length == 19;
    }
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) {
      return length == 16;
    }
    if (two == 34 || two == 37 || digits[0] == 1) {
      return length == 15;
    }
    if ((four >= 3000 && four <= 3059) || two == 36 || two == 38 || two == 39) {
      return length == 14 || length == 16;
    }
    boolean discover = four == 6011 || two == 65 || (four >= 6440 && four <= 6499);
    boolean jcb = four >= 3528 && four <= 3589;
    return (discover || jcb || two == 62) && length >= 16;
  }
}
