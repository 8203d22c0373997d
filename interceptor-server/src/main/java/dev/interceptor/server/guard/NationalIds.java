package dev.interceptor.server.guard;

/// National ids whose form and checksum leave little room for chance. Where digits alone would be
/// mistaken for other numbers, only the way people write them counts.
final class NationalIds {
  private static final String SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE";
  private static final String FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  private static final String FINNISH_CENTURY = "+-ABCDEFUVWXY";
  private static final int[] ITALIAN_ODD = {
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
  };
  private static final int[] SINGAPOREAN = {2, 7, 6, 5, 4, 3, 2};

  private NationalIds() {}

  /// Ids with letters and digits: Spain's DNI and NIE, Italy's codice fiscale, Finland's HETU,
  /// Singapore's NRIC and FIN.
  ///
  /// @param start index of a word's first character
  /// @return the index after the id that starts there, -1 if none does
  static int mixed(PlainText text, int start) {
    int end = start;
    while (end - start < 17 && Ascii.isAlnum(text.at(end))) {
      end++;
    }
    char next = text.at(end);
    int length = end - start;
    if (length == 11 && isFinnish(text, start)) {
      return end;
    }
    if (length == 6 && isFinnish(text, start) && !Ascii.isAlnum(text.at(start + 11))) {
      return start + 11;
    }
    if (length == 16 && isItalian(text, start)) {
      return end;
    }
    if (length == 9 && (isSpanish(text, start, end - 1) || isSingaporean(text, start))) {
      return end;
    }
    if (length == 8 && Ascii.isDigit(text.at(start)) && isSpanish(text, start, end - 1)) {
      return end;
    }
    boolean hyphen = next == '-' && length == 8 && !Ascii.isAlnum(text.at(end + 2));
    return hyphen && isSpanish(text, start, end + 1) ? end + 2 : -1;
  }

  /// Ids so long that they are told also where letters stand right before them: HETU, and Sweden's
  /// personnummer with its century.
  ///
  /// @param start index of a digit after a letter
  /// @return the index after the id that starts there, -1 if none does
  static int afterLetters(PlainText text, int start) {
    if (isFinnish(text, start) && !Ascii.isAlnum(text.at(start + 11))) {
      return start + 11;
    }
    int[] digits = new int[12];
    for (int i = 0; i < 12; i++) {
      if (!Ascii.isDigit(text.at(start + i))) {
        return -1;
      }
      digits[i] = text.at(start + i) - '0';
    }
    return isSwedishWithCentury(digits) && !Ascii.isAlnum(text.at(start + 12)) ? start + 12 : -1;
  }

  /// Seven or eight digits, the first of a foreigner's a letter, and a check letter.
  private static boolean isSpanish(PlainText text, int start, int letter) {
    char first = text.lower(start);
    int number = first >= 'x' && first <= 'z' ? first - 'x' : first - '0';
    if (number < 0 || number > 9) {
      return false;
    }
    int last = text.at(letter - 1) == '-' ? letter - 1 : letter;
    for (int i = start + 1; i < last; i++) {
      if (!Ascii.isDigit(text.at(i))) {
        return false;
      }
      number = number * 10 + text.at(i) - '0';
    }
    return Character.toUpperCase(text.at(letter)) == SPANISH.charAt(number % 23);
  }

  /// Date of birth, sign of the century, serial number, check character.
  private static boolean isFinnish(PlainText text, int start) {
    int number = 0;
    for (int i = 0; i < 10; i++) {
      char c = text.at(start + i);
      if (i == 6) {
        if (FINNISH_CENTURY.indexOf(c) < 0) {
          return false;
        }
      } else if (Ascii.isDigit(c)) {
        number = number * 10 + c - '0';
      } else {
        return false;
      }
    }
    int day = number / 10_000_000;
    int month = number / 100_000 % 100;
    char check = Character.toUpperCase(text.at(start + 10));
    return isDate(month, day) && check == FINNISH.charAt(number % 31);
  }

  static boolean isDate(int month, int day) {
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  }

  /// Six letters, birth date and place in letters and digits, check letter.
  private static boolean isItalian(PlainText text, int start) {
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      char c = text.lower(start + i);
      boolean letter = i < 6 || i == 8 || i == 11;
      if (letter ? !Ascii.isLetter(c) : !Ascii.isDigit(c)) {
        return false;
      }
      int value = Ascii.isDigit(c) ? c - '0' : c - 'a';
      sum += i % 2 == 0 ? ITALIAN_ODD[value] : value;
    }
    return text.lower(start + 15) == 'a' + sum % 26;
  }

  private static boolean isSingaporean(PlainText text, int start) {
    int sum = 0;
    for (int i = 0; i < 7; i++) {
      char c = text.at(start + 1 + i);
      if (!Ascii.isDigit(c)) {
        return false;
      }
      sum += (c - '0') * SINGAPOREAN[i];
    }
    char check = text.at(start + 8);
    return switch (text.at(start)) {
      case 'S' -> check == "JZIHGFEDCBA".charAt(sum % 11);
      case 'T' -> check == "JZIHGFEDCBA".charAt((sum + 4) % 11);
      case 'F' -> check == "XWUTRQPNMLK".charAt(sum % 11);
      case 'G' -> check == "XWUTRQPNMLK".charAt((sum + 4) % 11);
      case 'M' -> check == "KLJNPQRTUWX".charAt(10 - (sum + 3) % 11);
      default -> false;
    };
  }

  /// Digits in one piece: Sweden's personnummer with and without its century, Poland's PESEL,
  /// Turkey's TCKN, Germany's tax id, South Africa's id, Korea's resident and foreigner numbers.
  static boolean isBareDigits(int[] digits, int length) {
    return switch (length) {
      case 10 -> isSwedish(digits, 0);
      case 11 -> isPolish(digits) || isTurkish(digits) || isGerman(digits);
      case 12 -> isSwedishWithCentury(digits);
      case 13 -> isSouthAfrican(digits) || (isKorean(digits) && hasKoreanCheck(digits));
      default -> false;
    };
  }

  private static boolean isSwedishWithCentury(int[] digits) {
    int century = digits[0] * 10 + digits[1];
    return century >= 18 && century <= 20 && isSwedish(digits, 2);
  }

  private static boolean isSwedish(int[] digits, int from) {
    return isDate(two(digits, from + 2), two(digits, from + 4)) && Checksums.luhn(digits, from, 10);
  }

  private static int two(int[] digits, int from) {
    return digits[from] * 10 + digits[from + 1];
  }

  /// Date of birth, serial number, citizenship, a digit of old, check digit.
  private static boolean isSouthAfrican(int[] digits) {
    return isDate(two(digits, 2), two(digits, 4))
        && digits[10] <= 2
        && Checksums.luhn(digits, 0, 13);
  }

  /// Date of birth, century and sex, the rest.
  private static boolean isKorean(int[] digits) {
    return isDate(two(digits, 2), two(digits, 4)) && digits[6] >= 1 && digits[6] <= 8;
  }

  private static boolean hasKoreanCheck(int[] digits) {
    int sum = Checksums.weighted(digits, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5);
    int from = digits[6] >= 5 ? 13 : 11;
    return (from - sum % 11) % 10 == digits[12];
  }

  private static boolean isPolish(int[] digits) {
    int month = (digits[2] * 10 + digits[3]) % 20;
    return isDate(month, digits[4] * 10 + digits[5])
        && Checksums.weighted(digits, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1) % 10 == 0;
  }

  private static boolean isTurkish(int[] digits) {
    int tenth = Checksums.weighted(digits, 7, -1, 7, -1, 7, -1, 7, -1, 7);
    int eleventh = Checksums.weighted(digits, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    return digits[0] != 0 && Math.floorMod(tenth, 10) == digits[9] && eleventh % 10 == digits[10];
  }

  /// Among the first ten digits one may come twice or three times, the others come once.
  private static boolean isGerman(int[] digits) {
    int[] counts = new int[10];
    int most = 0;
    int repeated = 0;
    for (int i = 0; i < 10; i++) {
      int count = ++counts[digits[i]];
      most = Math.max(most, count);
      repeated += count == 2 ? 1 : 0;
    }
    return digits[0] != 0 && repeated <= 1 && most <= 3 && Checksums.mod1110(digits, 11);
  }

  /// Digits in groups: the USA's SSN and ITIN, Canada's SIN, Australia's TFN, Britain's NHS number,
  /// India's Aadhaar, Brazil's CPF, Sweden's personnummer, Korea's resident and foreigner numbers.
  static boolean isGroupedDigits(int[] digits, int[] sizes, int count, char separator) {
    if (count == 2) {
      boolean korean = sizes[0] == 6 && sizes[1] == 7 && isKorean(digits);
      return separator == '-' && (korean || isSwedish(digits, sizes));
    }
    if (count == 4) {
      return isBrazilian(digits, sizes, separator);
    }
    if (count != 3) {
      return false;
    }
    int form = sizes[0] * 100 + sizes[1] * 10 + sizes[2];
    return switch (form) {
      case 324 -> isAmerican(digits);
      case 333 -> isCanadian(digits) || isAustralian(digits);
      case 334 ->
          separator != '.'
              && Checksums.weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 11 == 0
              && !Checksums.allSame(digits, 10);
      case 444 -> digits[0] >= 2 && Checksums.verhoeff(digits, 12);
      default -> false;
    };
  }

  private static boolean isCanadian(int[] digits) {
    boolean issued = digits[0] != 0 && digits[0] != 8 && !Checksums.allSame(digits, 9);
    return issued && Checksums.luhn(digits, 0, 9);
  }

  /// A tax file number.
  private static boolean isAustralian(int[] digits) {
    return Checksums.weighted(digits, 1, 4, 3, 7, 5, 8, 6, 9, 10) % 11 == 0
        && !Checksums.allSame(digits, 9);
  }

  private static boolean isAmerican(int[] digits) {
    int area = Checksums.weighted(digits, 100, 10, 1);
    int serial = digits[5] + digits[6] + digits[7] + digits[8];
    return area != 0
        && area != 666
        && (area < 900 || isTaxpayer(two(digits, 3)))
        && digits[3] + digits[4] != 0
        && serial != 0
        && !Checksums.allSame(digits, 9);
  }

  /// Whether the second group of an ITIN, whose first is 900 to 999, can be this.
  private static boolean isTaxpayer(int group) {
    return group >= 50 && group != 89 && group != 93 && (group <= 65 || group >= 70);
  }

  private static boolean isSwedish(int[] digits, int[] sizes) {
    int from = sizes[0] - 6;
    return (from == 0 || from == 2) && sizes[1] == 4 && isSwedish(digits, from);
  }

  private static boolean isBrazilian(int[] digits, int[] sizes, char separator) {
    boolean form = sizes[0] == 3 && sizes[1] == 3 && sizes[2] == 3 && sizes[3] == 2;
    int first = Checksums.weighted(digits, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
    int second = Checksums.weighted(digits, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10;
    return form
        && separator == '.'
        && first == digits[9]
        && second == digits[10]
        && !Checksums.allSame(digits, 11);
  }
}
