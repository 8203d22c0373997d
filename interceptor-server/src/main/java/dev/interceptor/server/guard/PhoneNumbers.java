package dev.interceptor.server.guard;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.List;

/// Phone numbers that begin with a zero: `00` and a country's code, or `0` and what is a number in
/// one of the countries that write it so. Google's libphonenumber knows which are.
///
/// In one piece, where it could be any other number, only a mobile number of eleven digits counts.
final class PhoneNumbers {
  private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
  private static final String UNKNOWN = "ZZ";
  private static final int FEWEST = 10;
  private static final int MOST = 15;
  private static final int MOST_NATIONAL = 11;

  private record Country(String region, int code) {}

  /// Countries with the trunk prefix 0.
  private static final List<Country> COUNTRIES =
      List.of(
              "GB", "DE", "FR", "JP", "KR", "AU", "IN", "NL", "BE", "CH", "AT", "SE", "FI", "TR",
              "PH", "ZA", "IL", "IE", "NZ", "BR", "ID", "MY", "TH", "VN", "UA", "RO")
          .stream()
          .map(region -> new Country(region, LIBRARY.getCountryCodeForRegion(region)))
          .toList();

  private PhoneNumbers() {}

  /// @param start index of a `0` that starts a word
  /// @return the index after the number that starts there, -1 if none does
  static int end(PlainText text, int start) {
    long value = 0;
    int digits = 0;
    int end = start;
    int i = start;
    int groups = 1;
    while (digits <= MOST && i - end < 3) {
      char c = text.at(i);
      if (Ascii.isDigit(c)) {
        groups += i > end ? 1 : 0;
        value = value * 10 + c - '0';
        digits++;
        end = i + 1;
      } else if (" -./()".indexOf(c) < 0) {
        break;
      }
      i++;
    }
    boolean fits = digits >= FEWEST && digits <= MOST && !Ascii.isWord(text.at(end));
    return fits && isNumber(text, start, digits, groups, value) ? end : -1;
  }

  private static boolean isNumber(PlainText text, int start, int digits, int groups, long value) {
    char second = text.at(start + 1);
    if (second == '0') {
      String rest = Long.toString(value);
      return rest.length() == digits - 2 && isInternational(rest);
    }
    if (digits > MOST_NATIONAL || second == '.' || isDate(text, start)) {
      return false;
    }
    return groups > 1
        ? isNational(value, false)
        : digits == MOST_NATIONAL && isNational(value, true);
  }

  /// `01.02.2026` and what follows it.
  private static boolean isDate(PlainText text, int start) {
    char one = text.at(start + 2);
    char two = text.at(start + 5);
    return one == two && (one == '.' || one == '/' || one == '-');
  }

  private static boolean isInternational(String digits) {
    for (int length = 1; length <= 3; length++) {
      int code = Integer.parseInt(digits.substring(0, length));
      if (!LIBRARY.getRegionCodeForCountryCode(code).equals(UNKNOWN)) {
        return LIBRARY.isValidNumber(number(code, Long.parseLong(digits.substring(length))));
      }
    }
    return false;
  }

  private static boolean isNational(long value, boolean mobile) {
    for (int i = 0; i < COUNTRIES.size(); i++) {
      Country country = COUNTRIES.get(i);
      PhoneNumber number = number(country.code(), value);
      if (LIBRARY.isValidNumberForRegion(number, country.region())
          && (!mobile || LIBRARY.getNumberType(number) == PhoneNumberType.MOBILE)) {
        return true;
      }
    }
    return false;
  }

  private static PhoneNumber number(int country, long national) {
    return new PhoneNumber().setCountryCode(country).setNationalNumber(national);
  }
}
