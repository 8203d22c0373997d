package dev.interceptor.server.guard;

/// Check digits.
final class Checksums {
  private static final int[][] DIHEDRAL = dihedral();
  private static final int[][] PERMUTED = permuted();

  private Checksums() {}

  /// Luhn's, over `length` digits from `from` on, check digit last.
  static boolean luhn(int[] digits, int from, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int digit = digits[from + length - 1 - i];
      int twice = i % 2 == 1 ? digit * 2 : digit;
      sum += twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
  }

  /// The sum of digits times weights, for as many as there are weights.
  static int weighted(int[] digits, int... weights) {
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += digits[i] * weights[i];
    }
    return sum;
  }

  /// ISO 7064 mod 11,10, check digit last.
  static boolean mod1110(int[] digits, int length) {
    int product = 10;
    for (int i = 0; i < length - 1; i++) {
      int sum = (digits[i] + product) % 10;
      product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == digits[length - 1];
  }

  /// Verhoeff's, check digit last.
  static boolean verhoeff(int[] digits, int length) {
    int check = 0;
    for (int i = 0; i < length; i++) {
      check = DIHEDRAL[check][PERMUTED[i % 8][digits[length - 1 - i]]];
    }
    return check == 0;
  }

  static boolean allSame(int[] digits, int length) {
    for (int i = 1; i < length; i++) {
      if (digits[i] != digits[0]) {
        return false;
      }
    }
    return true;
  }

  /// The multiplication of the dihedral group of order ten.
  private static int[][] dihedral() {
    int[][] table = new int[10][10];
    for (int a = 0; a < 10; a++) {
      for (int b = 0; b < 10; b++) {
        int turned = a < 5 ? a + b % 5 : a - b % 5 + 5;
        boolean flipped = (a < 5) != (b < 5);
        table[a][b] = turned % 5 + (flipped ? 5 : 0);
      }
    }
    return table;
  }

  private static int[][] permuted() {
    int[][] table = new int[8][10];
    int[] first = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    for (int digit = 0; digit < 10; digit++) {
      table[0][digit] = digit;
    }
    for (int row = 1; row < 8; row++) {
      for (int digit = 0; digit < 10; digit++) {
        table[row][digit] = table[row - 1][first[digit]];
      }
    }
    return table;
  }
}
