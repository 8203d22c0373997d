package dev.interceptor.core.token;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/// Ed25519 (RFC 8032) with the strict verification that libsodium and "Dalek strict" share: public
/// keys and `R` are canonical and not of small order, `S` is below the group's order, and the
/// equation is the one without the cofactor.
///
/// BouncyCastle multiplies that equation by a number of its own, which hides a component of small
/// order when the number is even. Its verdict is therefore taken only where no such component can
/// be: both the key and `R` lie in the group of prime order, as all that honest signers make do. A
/// key outside that group is left to the JDK, which is slower and exact.
final class Ed25519 {
  static final int KEY_BYTES = 32;
  static final int SIGNATURE_BYTES = 64;

  /// The y coordinates of the eight points of small order, also in their non-canonical encodings,
  /// without the sign bit.
  private static final byte[][] SMALL_ORDER = {
    bytes("0000000000000000000000000000000000000000000000000000000000000000"),
    bytes("0100000000000000000000000000000000000000000000000000000000000000"),
    bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  };

  /// What stands before the key in a SubjectPublicKeyInfo (RFC 8410 §4).
  private static final byte[] PUBLIC_KEY_INFO = bytes("302a300506032b6570032100");

  private Ed25519() {}

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /// @return the key, or empty if the bytes are not canonical or of small order
  static Optional<Point> decodePublicKey(byte[] key) {
    if (key.length != KEY_BYTES || isSmallOrder(key)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
              org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyPartialExport(key, 0))
          .map(point -> new Point(key.clone(), point, hasPrimeOrder(key)));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /// Looks at the first 32 bytes as an encoded point.
  private static boolean hasPrimeOrder(byte[] point) {
    return org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(point, 0);
  }

  /// A public key, decoded once.
  static final class Point {
    private final byte[] encoded;
    private final PublicPoint point;
    private final boolean primeOrder;

    private Point(byte[] encoded, PublicPoint point, boolean primeOrder) {
      this.encoded = encoded;
      this.point = point;
      this.primeOrder = primeOrder;
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

  /// Writes the signature of `message[0, length)` at `target[at…]`, which may be the same array
  /// after the message.
  static void sign(byte[] seed, byte[] key, byte[] message, int length, byte[] target, int at) {
    org.bouncycastle.math.ec.rfc8032.Ed25519.sign(seed, 0, key, 0, message, 0, length, target, at);
  }

  /// @return whether `signature` is one of `message[0, length)`; false for whatever cannot be read
  static boolean verify(Point key, byte[] message, int length, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES || isSmallOrder(signature)) {
      return false;
    }
    try {
      return key.primeOrder
          ? org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
                  signature, 0, key.point, message, 0, length)
              && hasPrimeOrder(signature)
          : verifyByJdk(key.encoded, message, length, signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private static boolean verifyByJdk(byte[] key, byte[] message, int length, byte[] signature)
      throws GeneralSecurityException {
    byte[] der = Arrays.copyOf(PUBLIC_KEY_INFO, PUBLIC_KEY_INFO.length + KEY_BYTES);
    System.arraycopy(key, 0, der, PUBLIC_KEY_INFO.length, KEY_BYTES);
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
    verifier.update(message, 0, length);
    return verifier.verify(signature);
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
