package dev.interceptor.server.guard;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;

/// Addresses of Bitcoin: base58 with a checksum, or bech32 (BIP 173, BIP 350).
final class BitcoinAddress {
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int BECH32_REST = 1;
  private static final int BECH32M_REST = 0x2bc830a3;
  private static final int SHORTEST = 26;
  private static final int LONGEST_BASE58 = 35;
  private static final int LONGEST = 62;
  private static final int BYTES = 25;
  private static final int CHECKED = 21;

  private BitcoinAddress() {}

  /// Whether the word is an address.
  static boolean is(PlainText text, int start, int end) {
    int length = end - start;
    if (length < SHORTEST || length > LONGEST) {
      return false;
    }
    if (text.startsWithIgnoringCase("bc1", start)) {
      return isBech32(text.substring(start, end));
    }
    boolean base58 = text.at(start) == '1' || text.at(start) == '3';
    return base58 && length <= LONGEST_BASE58 && isBase58(text.substring(start, end));
  }

  private static boolean isBase58(String address) {
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < address.length(); i++) {
      int digit = BASE58.indexOf(address.charAt(i));
      if (digit < 0) {
        return false;
      }
      value = value.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(digit));
    }
    if (value.bitLength() > BYTES * 8) {
      return false;
    }
    byte[] magnitude = value.toByteArray();
    byte[] bytes = new byte[BYTES];
    int size = Math.min(BYTES, magnitude.length);
    System.arraycopy(magnitude, magnitude.length - size, bytes, BYTES - size, size);
    byte[] digest = sha256(sha256(Arrays.copyOf(bytes, CHECKED)));
    return Arrays.equals(bytes, CHECKED, BYTES, digest, 0, BYTES - CHECKED);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isBech32(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    if (!address.equals(lower) && !address.equals(address.toUpperCase(Locale.ROOT))) {
      return false;
    }
    int rest = 1;
    for (byte part : "\3\3\0\2\3".getBytes(StandardCharsets.US_ASCII)) {
      rest = polymod(rest, part);
    }
    for (int i = 3; i < lower.length(); i++) {
      int value = BECH32.indexOf(lower.charAt(i));
      if (value < 0) {
        return false;
      }
      rest = polymod(rest, value);
    }
    return rest == BECH32_REST || rest == BECH32M_REST;
  }

  private static int polymod(int rest, int value) {
    int next = (rest & 0x1ffffff) << 5 ^ value;
    for (int bit = 0; bit < 5; bit++) {
      next ^= (rest >>> 25 >> bit & 1) == 0 ? 0 : GENERATOR[bit];
    }
    return next;
  }
}
