package dev.interceptor.core.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.util.Arrays;
import java.util.regex.Pattern;

/// An Ed25519 public key under the name that tokens call it by.
///
/// A key of small order cannot be made into one, so a signature that holds for it was made with the
/// private key. Keys are equal whatever provider verifies.
public final class VerificationKey {
  private static final Pattern KID = Pattern.compile("[\\x21-\\x7e]{1,128}");

  private final String kid;
  private final Ed25519.Point point;

  private VerificationKey(String kid, Ed25519.Point point) {
    this.kid = kid;
    this.point = point;
  }

  /// The key under its RFC 7638 thumbprint.
  ///
  /// @param encoded 32 bytes, RFC 8032 §5.1.2
  /// @throws IllegalArgumentException if the bytes are not a key of this profile
  public static VerificationKey of(byte[] encoded) {
    return of(encoded, Ed25519Provider.bouncyCastle());
  }

  /// The same, verifying by `provider`.
  public static VerificationKey of(byte[] encoded, Ed25519Provider provider) {
    return named(thumbprint(encoded), encoded, provider);
  }

  /// @param kid 1 to 128 visible ASCII characters
  /// @param encoded 32 bytes, RFC 8032 §5.1.2
  /// @throws IllegalArgumentException if the name or the bytes are not of this profile
  public static VerificationKey named(String kid, byte[] encoded) {
    return named(kid, encoded, Ed25519Provider.bouncyCastle());
  }

  /// The same, verifying by `provider`.
  public static VerificationKey named(String kid, byte[] encoded, Ed25519Provider provider) {
    if (!isName(kid)) {
      throw new IllegalArgumentException("a key's name is 1-128 visible ASCII characters");
    }
    Ed25519.Point point =
        Ed25519.decodePublicKey(encoded, provider)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "an Ed25519 public key is 32 bytes, canonical and not of small order"));
    return new VerificationKey(kid, point);
  }

  /// Whether a key may be called this.
  static boolean isName(String kid) {
    return KID.matcher(kid).matches();
  }

  private static String thumbprint(byte[] encoded) {
    try {
      return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(encoded))
          .build()
          .computeThumbprint()
          .toString();
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public String kid() {
    return kid;
  }

  /// A copy of the 32 bytes.
  public byte[] encoded() {
    return point.encoded().clone();
  }

  /// @return whether `signature` is one of `message` under this key; false for whatever cannot be
  ///   read and for messages longer than 1 MiB, never an exception
  public boolean verifies(byte[] message, byte[] signature) {
    return verifies(message, message.length, signature);
  }

  boolean verifies(byte[] message, int length, byte[] signature) {
    return Ed25519.verify(point, message, length, signature);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that
        && kid.equals(that.kid)
        && Arrays.equals(point.encoded(), that.point.encoded());
  }

  @Override
  public int hashCode() {
    return kid.hashCode() * 31 + Arrays.hashCode(point.encoded());
  }

  @Override
  public String toString() {
    return "VerificationKey[" + kid + "]";
  }
}
