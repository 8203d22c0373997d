package dev.interceptor.core.token;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Ed25519 (RFC 8032) with the strict verification that libsodium and "Dalek strict" share: public
/// keys and `R` are canonical and not of small order, `S` is below the group's order, and the
/// equation is the one without the cofactor.
///
/// The form is checked here, the equation by the key's provider.
final class Ed25519 {
  static final int KEY_BYTES = 32;
  static final int SIGNATURE_BYTES = 64;

  /// Longer messages are neither signed nor verified: a provider has to hold them whole.
  static final int MAX_MESSAGE = 1 << 20;

  /// The y coordinates of the eight points of small order, also in their non-canonical encodings,
  /// without the sign bit.
  static final byte[][] SMALL_ORDER = {
    bytes("0000000000000000000000000000000000000000000000000000000000000000"),
    bytes("0100000000000000000000000000000000000000000000000000000000000000"),
    bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  };

  /// 2^255 - 19, the field's prime, little-endian.
  private static final byte[] PRIME =
      bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  /// The order of the base point's group, little-endian.
  static final byte[] ORDER =
      bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

  private Ed25519() {}

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /// @param provider verifies under the key
  /// @return the key, or empty if the bytes are not canonical or of small order
  static Optional<Point> decodePublicKey(byte[] key, Ed25519Provider provider) {
    if (key.length != KEY_BYTES || !isBelow(key, 0, 0x7f, PRIME) || isSmallOrder(key)) {
      return Optional.empty();
    }
    try {
      byte[] own = key.clone();
      return org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyPartial(own, 0)
          ? Optional.of(new Point(own, provider.verifier(own)))
          : Optional.empty();
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /// A public key, prepared once.
  static final class Point {
    private final byte[] encoded;
    private final Ed25519Provider.Verifier verifier;

    private Point(byte[] encoded, Ed25519Provider.Verifier verifier) {
      this.encoded = encoded;
      this.verifier = verifier;
    }

    /// The 32 bytes, not a copy.
    byte[] encoded() {
      return encoded;
    }
  }

  /// @param seed the 32 bytes that RFC 8032 calls the private key
  static byte[] publicKey(byte[] seed) {
    byte[] key = new byte[KEY_BYTES];
    org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(seed, 0, key, 0);
    return key;
  }

  /// @return whether `signature` is one of `message[0, length)`; false for whatever cannot be read
  static boolean verify(Point key, byte[] message, int length, byte[] signature) {
    if (length > MAX_MESSAGE
        || signature.length != SIGNATURE_BYTES
        || !isBelow(signature, 0, 0x7f, PRIME)
        || isSmallOrder(signature)
        || !isBelow(signature, KEY_BYTES, 0xff, ORDER)) {
      return false;
    }
    try {
      return key.verifier.verifies(message, length, signature);
    } catch (RuntimeException e) {
      return false;
    }
  }

  /// Looks at 32 bytes as a little-endian number.
  ///
  /// @param mask of the last byte, the bits that belong to the number
  private static boolean isBelow(byte[] bytes, int from, int mask, byte[] bound) {
    int last = KEY_BYTES - 1;
    int difference = (bytes[from + last] & mask) - bound[last];
    for (int i = last - 1; difference == 0 && i >= 0; i--) {
      difference = (bytes[from + i] & 0xff) - (bound[i] & 0xff);
    }
    return difference < 0;
  }

  /// Looks at the first 32 bytes as an encoded point.
  private static boolean isSmallOrder(byte[] point) {
    for (byte[] y : SMALL_ORDER) {
      if (Arrays.equals(point, 0, KEY_BYTES - 1, y, 0, KEY_BYTES - 1)
          && (point[KEY_BYTES - 1] & 0x7f) == y[KEY_BYTES - 1]) {
        return true;
      }
    }
    return false;
  }
}
