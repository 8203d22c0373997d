package dev.interceptor.server.guard;

import java.util.Locale;
import java.util.function.IntUnaryOperator;

/// National ids of letters and digits whose form alone leaves little room for chance.
final class LetteredIds {
  private static final String NOT_FIRST_OF_NINO = "DFIQUV";
  private static final String NOT_SECOND_OF_NINO = "DFIOQUV";
  private static final String NOT_NINO = "BG GB NK KN TN NT ZZ";
  private static final int[] GERMAN_WEIGHTS = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};

  private LetteredIds() {}

  /// Britain's national insurance and driving licence numbers, the USA's Medicare beneficiary
  /// identifier, Germany's pension insurance number, India's GSTIN.
  ///
  /// @param start index of a word's first character
  /// @param end index after the word's last letter or digit
  /// @return the index after the id that starts there, -1 if none does
  static int end(PlainText text, int start, int end) {
    int found =
        switch (end - start) {
          case 2, 8, 9 -> nino(text, start);
          case 4, 11 -> medicare(text, start);
          case 12 -> isGermanPension(text, start) ? end : -1;
          case 15 -> isGstin(text, start) ? end : -1;
          case 16 -> isBritishLicence(text, start) ? end : -1;
          default -> -1;
        };
    return found > 0 && Ascii.isWord(text.at(found)) ? -1 : found;
  }

  /// Two letters, six digits in pairs or not, a letter from A to D. Before a blank the letters are
  /// capitals, or every "to 10 20 30 a" would be one.
  private static int nino(PlainText text, int start) {
    int length = ninoPrefix(text::at, start, text.length() - start);
    return length > 0 ? start + length : -1;
  }

  /// How much of a text is a national insurance number.
  ///
  /// @param from where it starts
  /// @param length how many characters there are
  /// @return its length, 0 if there is none, -1 if the text ends within what may become one
  static int ninoPrefix(IntUnaryOperator text, int from, int length) {
    int i = 0;
    for (char kind : "LM 99 99 99 D".toCharArray()) {
      if (i == length) {
        return -1;
      }
      char c = Character.toUpperCase((char) text.applyAsInt(from + i));
      boolean fits =
          switch (kind) {
            case 'L' -> Ascii.isLetter(c) && NOT_FIRST_OF_NINO.indexOf(c) < 0;
            case 'M' -> Ascii.isLetter(c) && NOT_SECOND_OF_NINO.indexOf(c) < 0;
            case '9' -> Ascii.isDigit(c);
            case 'D' -> c >= 'A' && c <= 'D';
            default -> c == ' ';
          };
      boolean wordBefore = i == 2 && c == ' ' && !areCapitals(text, from);
      if (wordBefore || (!fits && kind != ' ')) {
        return 0;
      }
      i += fits ? 1 : 0;
    }
    String prefix = "" + (char) text.applyAsInt(from) + (char) text.applyAsInt(from + 1);
    return NOT_NINO.contains(prefix.toUpperCase(Locale.ROOT)) ? 0 : i;
  }

  private static boolean areCapitals(IntUnaryOperator text, int from) {
    return text.applyAsInt(from) <= 'Z' && text.applyAsInt(from + 1) <= 'Z';
  }

  /// Eleven characters, each a digit, a letter, or either, by its place; hyphens after the fourth
  /// and the seventh, or none.
  private static int medicare(PlainText text, int start) {
    int i = start;
    boolean hyphens = text.at(start + 4) == '-';
    for (char kind : "1A?9A?9AA99".toCharArray()) {
      int place = i - start;
      if (hyphens && (place == 4 || place == 8)) {
        if (text.at(i) != '-') {
          return -1;
        }
        i++;
      }
      char c = upper(text, i);
      boolean letter = Ascii.isLetter(c) && "SLOIBZ".indexOf(c) < 0;
      boolean fits =
          switch (kind) {
            case '1' -> c >= '1' && c <= '9';
            case '9' -> Ascii.isDigit(c);
            case 'A' -> letter;
            default -> letter || Ascii.isDigit(c);
          };
      if (!fits) {
        return -1;
      }
      i++;
    }
    return i;
  }

  /// Area, date of birth, initial, serial number, check digit.
  private static boolean isGermanPension(PlainText text, int start) {
    char initial = upper(text, start + 8);
    if (!Ascii.isLetter(initial) || !digits(text, start, 8) || !digits(text, start + 9, 3)) {
      return false;
    }
    int letter = initial - 'A' + 1;
    int sum = 0;
    for (int i = 0; i < 12; i++) {
      int digit =
          switch (i) {
            case 8 -> letter / 10;
            case 9 -> letter % 10;
            default -> text.at(start + (i < 8 ? i : i - 1)) - '0';
          };
      int product = digit * GERMAN_WEIGHTS[i];
      sum += product / 10 + product % 10;
    }
    int day = number(text, start + 2);
    int month = number(text, start + 4);
    return NationalIds.isDate(month, day) && sum % 10 == text.at(start + 11) - '0';
  }

  /// State, PAN, number of the registration, `Z`, check character.
  private static boolean isGstin(PlainText text, int start) {
    int state = digits(text, start, 2) ? number(text, start) : 0;
    char check = text.at(start + 14);
    return state >= 1
        && (state <= 38 || state == 97 || state == 99)
        && letters(text, start + 2, 5)
        && digits(text, start + 7, 4)
        && letters(text, start + 11, 1)
        && text.at(start + 12) != '0'
        && upper(text, start + 13) == 'Z'
        && Ascii.isAlnum(check);
  }

  /// Five of the surname filled up with 9, date of birth in which a woman's month has 50 added, two
  /// initials, three of the issuer.
  private static boolean isBritishLicence(PlainText text, int start) {
    int name = 0;
    while (name < 5 && Ascii.isLetter(text.at(start + name))) {
      name++;
    }
    for (int i = name; i < 5; i++) {
      if (text.at(start + i) != '9') {
        return false;
      }
    }
    if (name == 0 || !digits(text, start + 5, 6)) {
      return false;
    }
    int month = number(text, start + 6) % 50;
    char initial = text.at(start + 12);
    return NationalIds.isDate(month, number(text, start + 8))
        && Ascii.isLetter(text.at(start + 11))
        && (Ascii.isLetter(initial) || initial == '9')
        && letters(text, start + 14, 2);
  }

  private static boolean digits(PlainText text, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Ascii.isDigit(text.at(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean letters(PlainText text, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Ascii.isLetter(text.at(i))) {
        return false;
      }
    }
    return true;
  }

  private static int number(PlainText text, int from) {
    return (text.at(from) - '0') * 10 + text.at(from + 1) - '0';
  }

  private static char upper(PlainText text, int i) {
    return Character.toUpperCase(text.at(i));
  }
}
