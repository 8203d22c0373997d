package dev.interceptor.server.guard;

/// What a value is made of, and how evenly.
///
/// @param entropy Shannon's, in bits a character
record Makeup(
    int letters, int digits, int spaces, int others, int kinds, boolean isCode, double entropy) {
  private static final double LOG_2 = Math.log(2);

  static Makeup of(String value) {
    int[] counts = new int[128];
    int upper = 0;
    int lower = 0;
    int digits = 0;
    int spaces = 0;
    int others = 0;
    boolean code = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      counts[c & 127]++;
      if (c >= 'a' && c <= 'z') {
        lower++;
      } else if (c >= 'A' && c <= 'Z') {
        upper++;
      } else if (Ascii.isDigit(c)) {
        digits++;
      } else if (c == ' ') {
        spaces++;
      } else {
        others++;
        code |=
            c == '('
                || c == ';'
                || (c == '/' && i + 1 < value.length() && value.charAt(i + 1) == '/');
      }
    }
    int kinds = Math.min(upper, 1) + Math.min(lower, 1) + Math.min(digits, 1) + Math.min(others, 1);
    return new Makeup(
        upper + lower, digits, spaces, others, kinds, code, entropy(counts, value.length()));
  }

  private static double entropy(int[] counts, int length) {
    double sum = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / length;
        sum -= share * Math.log(share) / LOG_2;
      }
    }
    return sum;
  }
}
