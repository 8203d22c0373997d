package dev.interceptor.core.token;

import java.util.random.RandomGenerator;

/// An Ed25519 private key, named by the RFC 7638 thumbprint of its public half.
///
/// Immutable. It has no `equals`, and its bytes leave through `insecureBytes()` alone.
public final class SigningKey {
  private final byte[] seed;
  private final byte[] encodedPublicKey;
  private final VerificationKey publicKey;
  private final byte[] tokenHeader;

  private SigningKey(byte[] seed) {
    this.seed = seed;
    this.encodedPublicKey = Ed25519.publicKey(seed);
    this.publicKey = VerificationKey.of(encodedPublicKey);
    this.tokenHeader = CompactJws.headerSegment(publicKey.kid());
  }

  /// @param seed the 32 bytes that RFC 8032 calls the private key
  /// @throws IllegalArgumentException for any other length
  public static SigningKey ofSeed(byte[] seed) {
    if (seed.length != Ed25519.KEY_BYTES) {
      throw new IllegalArgumentException("an Ed25519 private key is 32 bytes");
    }
    return new SigningKey(seed.clone());
  }

  /// @param random cryptographically strong, such as `SecureRandom`
  public static SigningKey generate(RandomGenerator random) {
    byte[] seed = new byte[Ed25519.KEY_BYTES];
    random.nextBytes(seed);
    return new SigningKey(seed);
  }

  public String kid() {
    return publicKey.kid();
  }

  public VerificationKey publicKey() {
    return publicKey;
  }

  /// The 64 bytes of RFC 8032 §5.1.6.
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_BYTES];
    sign(message, message.length, signature);
    return signature;
  }

  void sign(byte[] message, int length, byte[] signature) {
    Ed25519.sign(seed, encodedPublicKey, message, length, signature, 0);
  }

  /// The encoded protected header of every token this key signs. Shared, not to be changed.
  byte[] tokenHeader() {
    return tokenHeader;
  }

  /// A copy of the private key.
  public byte[] insecureBytes() {
    return seed.clone();
  }

  @Override
  public String toString() {
    return "SigningKey[" + kid() + ", private key redacted]";
  }
}
