package dev.interceptor.core.json;

/// The shortest decimal that reads back as a given double, and of those the closest to it:
/// `significand * 10^exponent`, as ECMAScript's Number::toString has it.
///
/// @param significand 1 to 17 digits, the last of them not zero
/// @param digits how many digits the significand has
record ShortestDecimal(long significand, int digits, int exponent) {

  /// @param value positive and finite
  static ShortestDecimal of(double value) {
    String text = Double.toString(value);
    long significand = 0;
    int digits = 0;
    int fraction = 0;
    int exponent = 0;
    boolean pastPoint = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 'E') {
        exponent = Integer.parseInt(text, i + 1, text.length(), 10);
        break;
      }
      if (c == '.') {
        pastPoint = true;
        continue;
      }
      significand = significand * 10 + (c - '0');
      digits += significand == 0 ? 0 : 1;
      fraction += pastPoint ? 1 : 0;
    }
    ShortestDecimal shortest = trimmed(significand, digits, exponent - fraction);
    return shortest.digits == 2 && value < 1e-320 ? shortest.withOneDigitIfItIs(value) : shortest;
  }

  private static ShortestDecimal trimmed(long significand, int digits, int exponent) {
    while (significand % 10 == 0) {
      significand /= 10;
      digits--;
      exponent++;
    }
    return new ShortestDecimal(significand, digits, exponent);
  }

  /// Java writes two digits where one would do, which near the smallest double is another decimal:
  /// `4.9E-324` is `5e-324` in ECMAScript.
  private ShortestDecimal withOneDigitIfItIs(double value) {
    long tens = (significand + 5) / 10;
    return Double.parseDouble(tens + "E" + (exponent + 1)) == value
        ? trimmed(tens, tens < 10 ? 1 : 2, exponent + 1)
        : this;
  }
}
