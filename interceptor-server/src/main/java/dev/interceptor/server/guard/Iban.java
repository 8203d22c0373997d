package dev.interceptor.server.guard;

import java.util.Map;

/// International bank account numbers (ISO 13616), grouped by spaces or hyphens or not at all.
final class Iban {
  /// With what stands between its groups.
  private static final int LONGEST_WRITTEN = 48;

  private static final Map<String, Integer> LENGTHS =
      Map.ofEntries(
          Map.entry("AD", 24),
          Map.entry("AE", 23),
          Map.entry("AL", 28),
          Map.entry("AT", 20),
          Map.entry("AZ", 28),
          Map.entry("BA", 20),
          Map.entry("BE", 16),
          Map.entry("BG", 22),
          Map.entry("BH", 22),
          Map.entry("BI", 27),
          Map.entry("BR", 29),
          Map.entry("BY", 28),
          Map.entry("CH", 21),
          Map.entry("CR", 22),
          Map.entry("CY", 28),
          Map.entry("CZ", 24),
          Map.entry("DE", 22),
          Map.entry("DJ", 27),
          Map.entry("DK", 18),
          Map.entry("DO", 28),
          Map.entry("EE", 20),
          Map.entry("EG", 29),
          Map.entry("ES", 24),
          Map.entry("FI", 18),
          Map.entry("FK", 18),
          Map.entry("FO", 18),
          Map.entry("FR", 27),
          Map.entry("GB", 22),
          Map.entry("GE", 22),
          Map.entry("GI", 23),
          Map.entry("GL", 18),
          Map.entry("GR", 27),
          Map.entry("GT", 28),
          Map.entry("HR", 21),
          Map.entry("HU", 28),
          Map.entry("IE", 22),
          Map.entry("IL", 23),
          Map.entry("IQ", 23),
          Map.entry("IS", 26),
          Map.entry("IT", 27),
          Map.entry("JO", 30),
          Map.entry("KW", 30),
          Map.entry("KZ", 20),
          Map.entry("LB", 28),
          Map.entry("LC", 32),
          Map.entry("LI", 21),
          Map.entry("LT", 20),
          Map.entry("LU", 20),
          Map.entry("LV", 21),
          Map.entry("LY", 25),
          Map.entry("MC", 27),
          Map.entry("MD", 24),
          Map.entry("ME", 22),
          Map.entry("MK", 19),
          Map.entry("MN", 20),
          Map.entry("MR", 27),
          Map.entry("MT", 31),
          Map.entry("MU", 30),
          Map.entry("NI", 28),
          Map.entry("NL", 18),
          Map.entry("NO", 15),
          Map.entry("OM", 23),
          Map.entry("PK", 24),
          Map.entry("PL", 28),
          Map.entry("PS", 29),
          Map.entry("PT", 25),
          Map.entry("QA", 29),
          Map.entry("RO", 24),
          Map.entry("RS", 22),
          Map.entry("RU", 33),
          Map.entry("SA", 24),
          Map.entry("SC", 31),
          Map.entry("SD", 18),
          Map.entry("SE", 24),
          Map.entry("SI", 19),
          Map.entry("SK", 24),
          Map.entry("SM", 27),
          Map.entry("SO", 23),
          Map.entry("ST", 25),
          Map.entry("SV", 28),
          Map.entry("TL", 23),
          Map.entry("TN", 24),
          Map.entry("TR", 26),
          Map.entry("UA", 29),
          Map.entry("VA", 22),
          Map.entry("VG", 24),
          Map.entry("XK", 20),
          Map.entry("YE", 30));

  private Iban() {}

  /// @param start index of a word's first character
  /// @return the index after the account number that starts there, -1 if none does
  static int end(PlainText text, int start) {
    if (!Ascii.isLetter(text.at(start))
        || !Ascii.isLetter(text.at(start + 1))
        || !Ascii.isDigit(text.at(start + 2))
        || !Ascii.isDigit(text.at(start + 3))) {
      return -1;
    }
    char[] country = {(char) (text.at(start) & ~0x20), (char) (text.at(start + 1) & ~0x20)};
    int length = LENGTHS.getOrDefault(new String(country), 0);
    char[] compact = new char[length];
    int size = 0;
    int i = start;
    while (size < length) {
      char c = text.lower(i);
      if (Ascii.isAlnum(c)) {
        compact[size++] = c;
      } else if ((c != ' ' && c != '-') || !Ascii.isAlnum(text.at(i + 1))) {
        return -1;
      }
      i++;
    }
    boolean whole = length > 0 && i - start <= LONGEST_WRITTEN && !Ascii.isAlnum(text.at(i));
    return whole && isValid(compact) ? i : -1;
  }

  /// ISO 7064 mod 97-10, the first four characters moved to the end.
  private static boolean isValid(char[] iban) {
    int rest = 0;
    for (int i = 0; i < iban.length; i++) {
      char c = iban[(i + 4) % iban.length];
      rest = Ascii.isDigit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'a' + 10) % 97;
    }
    return rest == 1;
  }
}
