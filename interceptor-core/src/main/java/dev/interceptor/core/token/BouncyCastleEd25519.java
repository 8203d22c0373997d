package dev.interceptor.core.token;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/// BouncyCastle's lightweight Ed25519.
///
/// It multiplies the equation by a number of its own, which hides a component of small order when
/// the number is even. Its verdict is therefore taken only where no such component can be: both the
/// key and `R` lie in the group of prime order, as all that honest signers make do. A key outside
/// that group is left to the JDK, which is slower and exact.
final class BouncyCastleEd25519 extends Ed25519Provider {
  static final BouncyCastleEd25519 INSTANCE = new BouncyCastleEd25519();

  private BouncyCastleEd25519() {}

  @Override
  public String name() {
    return "bouncycastle";
  }

  @Override
  Signer signer(byte[] seed, byte[] publicKey) {
    return (message, length, signature) ->
        Ed25519.sign(seed, 0, publicKey, 0, message, 0, length, signature, 0);
  }

  @Override
  Verifier verifier(byte[] publicKey) {
    if (!hasPrimeOrder(publicKey)) {
      return JcaEd25519.ofPlatform().verifier(publicKey);
    }
    PublicPoint point = Ed25519.validatePublicKeyPartialExport(publicKey, 0);
    return (message, length, signature) ->
        Ed25519.verify(signature, 0, point, message, 0, length) && hasPrimeOrder(signature);
  }

  /// Looks at the first 32 bytes as an encoded point.
  private static boolean hasPrimeOrder(byte[] point) {
    return Ed25519.validatePublicKeyFull(point, 0);
  }
}
