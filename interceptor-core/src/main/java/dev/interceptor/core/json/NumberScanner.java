package dev.interceptor.core.json;

import java.nio.charset.StandardCharsets;

/// Reads number literals and decides whether a double holds them.
///
/// The value of a literal is kept as `significand * 10^exponent` with at most seventeen digits and
/// no trailing zero, since no double is written with more; whatever needs more is refused by
/// counting, without arithmetic on long numbers.
final class NumberScanner {
  enum Fidelity {
    EXACT,
    ROUNDED
  }

  private static final String INEXACT =
      "number does not fit an IEEE 754 double exactly; send it as a string";
  private static final String BEYOND = "integer beyond 2^53-1; send it as a string";

  private static final int MOST_DIGITS = 17;
  // Every decimal of up to fifteen digits in the normal range survives a double (DBL_DIG).
  private static final int ALWAYS_SURVIVE = 15;
  private static final double TWO_TO_53 = 0x1p53;
  private static final long MOST_EXPONENT = 1_000_000_000_000L;
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private final byte[] text;
  private final Fidelity fidelity;
  private int at;

  private long significand;
  private int significantDigits;
  private int pendingZeros;
  private int digits;
  private int lastSignificant;
  private boolean tooLong;

  NumberScanner(byte[] text, Fidelity fidelity) {
    this.text = text;
    this.fidelity = fidelity;
  }

  /// @param start where the sign or the first digit is
  double scan(int start) throws MalformedJsonException {
    at = start;
    significand = 0;
    significantDigits = 0;
    pendingZeros = 0;
    digits = 0;
    tooLong = false;

    boolean negative = peek() == '-';
    if (negative) {
      at++;
    }
    integerPart();
    int integerDigits = digits;
    boolean integer = !fraction();
    long exponent = 0;
    if ((peek() | 0x20) == 'e') {
      integer = false;
      exponent = exponent();
    }
    if (fidelity == Fidelity.ROUNDED) {
      return rounded(start);
    }
    exponent += integerDigits - 1 - lastSignificant;
    double magnitude = magnitude(integer, exponent, start);
    return negative ? -magnitude : magnitude;
  }

  /// Where the text goes on after the number.
  int end() {
    return at;
  }

  private void integerPart() throws MalformedJsonException {
    if (peek() == '0' && at + 1 < text.length && isDigit(text[at + 1])) {
      throw new MalformedJsonException("number with a leading zero", at);
    }
    digits();
  }

  private boolean fraction() throws MalformedJsonException {
    if (peek() != '.') {
      return false;
    }
    at++;
    digits();
    return true;
  }

  private void digits() throws MalformedJsonException {
    if (!isDigit(peek())) {
      throw new MalformedJsonException("expected a digit", at);
    }
    for (int digit = peek(); isDigit(digit); digit = peek()) {
      take(digit - '0');
      at++;
    }
  }

  private void take(int digit) {
    if (digit == 0) {
      pendingZeros += significantDigits == 0 ? 0 : 1;
    } else {
      int grown = significantDigits + pendingZeros + 1;
      if (grown > MOST_DIGITS) {
        tooLong = true;
      } else {
        for (; pendingZeros > 0; pendingZeros--) {
          significand *= 10;
        }
        significand = significand * 10 + digit;
        significantDigits = grown;
      }
      lastSignificant = digits;
    }
    digits++;
  }

  private long exponent() throws MalformedJsonException {
    at++;
    int sign = peek();
    if (sign == '-' || sign == '+') {
      at++;
    }
    if (!isDigit(peek())) {
      throw new MalformedJsonException("expected a digit", at);
    }
    long exponent = 0;
    for (int digit = peek(); isDigit(digit); digit = peek()) {
      exponent = Math.min(exponent * 10 + (digit - '0'), MOST_EXPONENT);
      at++;
    }
    return sign == '-' ? -exponent : exponent;
  }

  private double magnitude(boolean integer, long exponent, int start)
      throws MalformedJsonException {
    if (significand == 0) {
      return 0.0;
    }
    if (integer && digits > 16) {
      throw new MalformedJsonException(BEYOND, start);
    }
    long leading = exponent + significantDigits;
    if (tooLong || leading > 310 || leading < -330) {
      throw new MalformedJsonException(INEXACT, start);
    }
    double value = nearest((int) exponent);
    boolean inRange = value >= Double.MIN_NORMAL && value <= Double.MAX_VALUE;
    if (!(inRange && significantDigits <= ALWAYS_SURVIVE) && !survives(value, (int) exponent)) {
      throw new MalformedJsonException(INEXACT, start);
    }
    if (value >= TWO_TO_53 && value < 1e21) {
      throw new MalformedJsonException(BEYOND, start);
    }
    return value;
  }

  private double nearest(int exponent) {
    if (significand <= 1L << 53 && exponent >= -22 && exponent <= 22) {
      return exponent < 0 ? significand / POWERS[-exponent] : significand * POWERS[exponent];
    }
    return Double.parseDouble(significand + "E" + exponent);
  }

  private boolean survives(double value, int exponent) {
    if (value == 0.0 || Double.isInfinite(value)) {
      return false;
    }
    ShortestDecimal written = ShortestDecimal.of(value);
    return written.significand() == significand && written.exponent() == exponent;
  }

  private double rounded(int start) throws MalformedJsonException {
    double value =
        Double.parseDouble(new String(text, start, at - start, StandardCharsets.ISO_8859_1));
    if (Double.isInfinite(value)) {
      throw new MalformedJsonException("number is too large for an IEEE 754 double", start);
    }
    return value;
  }

  private int peek() {
    return at < text.length ? text[at] : -1;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
