package dev.interceptor.core.json;

/// Number::toString of ECMAScript (ECMA-262 §6.1.6.1.20), the number format of RFC 8785.
final class EcmaNumber {
  /// No number is written longer than `-1.2345678901234567e-308`.
  static final int MOST_BYTES = 32;

  private static final double TWO_TO_53 = 0x1p53;

  private EcmaNumber() {}

  /// @param value finite
  /// @param out has [#MOST_BYTES] of room from `start`
  /// @return where the number ends
  static int write(double value, byte[] out, int start) {
    int at = start;
    double magnitude = Math.abs(value);
    if (value < 0) {
      out[at++] = '-';
    }
    long integer = (long) magnitude;
    if (magnitude < TWO_TO_53 && integer == magnitude) {
      return decimal(integer, digitCount(integer), out, at);
    }
    ShortestDecimal shortest = ShortestDecimal.of(magnitude);
    int point = shortest.digits() + shortest.exponent();
    if (point > 21 || point < -5) {
      return scientific(shortest, point - 1, out, at);
    }
    return plain(shortest, point, out, at);
  }

  /// @param point how many digits stand before the point; zero or less: zeros follow the point
  private static int plain(ShortestDecimal number, int point, byte[] out, int start) {
    int digits = number.digits();
    if (point >= digits) {
      int at = decimal(number.significand(), digits, out, start);
      return zeros(point - digits, out, at);
    }
    if (point > 0) {
      int end = decimal(number.significand(), digits, out, start);
      System.arraycopy(out, start + point, out, start + point + 1, digits - point);
      out[start + point] = '.';
      return end + 1;
    }
    int at = start;
    out[at++] = '0';
    out[at++] = '.';
    at = zeros(-point, out, at);
    return decimal(number.significand(), digits, out, at);
  }

  private static int scientific(ShortestDecimal number, int exponent, byte[] out, int start) {
    int at;
    if (number.digits() == 1) {
      at = decimal(number.significand(), 1, out, start);
    } else {
      at = decimal(number.significand(), number.digits(), out, start + 1);
      out[start] = out[start + 1];
      out[start + 1] = '.';
    }
    out[at++] = 'e';
    out[at++] = (byte) (exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    return decimal(magnitude, digitCount(magnitude), out, at);
  }

  private static int decimal(long number, int digits, byte[] out, int start) {
    long rest = number;
    for (int i = start + digits - 1; i >= start; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return start + digits;
  }

  private static int zeros(int count, byte[] out, int start) {
    for (int i = 0; i < count; i++) {
      out[start + i] = '0';
    }
    return start + count;
  }

  private static int digitCount(long number) {
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }
}
