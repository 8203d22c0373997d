package dev.interceptor.core.token;

import java.util.random.RandomGenerator;

/// An Ed25519 private key, named by the RFC 7638 thumbprint of its public half.
///
/// Immutable. It has no `equals`, and its bytes leave through `insecureBytes()` alone.
public final class SigningKey {
  private final byte[] seed;
  private final Ed25519Provider.Signer signer;
  private final VerificationKey publicKey;
  private final byte[] tokenHeader;

  private SigningKey(byte[] seed, Ed25519Provider provider) {
    this.seed = seed;
    byte[] encodedPublicKey = Ed25519.publicKey(seed);
    this.signer = provider.signer(seed, encodedPublicKey);
    this.publicKey = VerificationKey.of(encodedPublicKey, provider);
    this.tokenHeader = CompactJws.headerSegment(publicKey.kid());
  }

  /// @param seed the 32 bytes that RFC 8032 calls the private key
  /// @throws IllegalArgumentException for any other length
  public static SigningKey ofSeed(byte[] seed) {
    return ofSeed(seed, Ed25519Provider.bouncyCastle());
  }

  /// @param provider signs, and verifies under the public half
  /// @throws IllegalArgumentException unless the seed is 32 bytes
  public static SigningKey ofSeed(byte[] seed, Ed25519Provider provider) {
    if (seed.length != Ed25519.KEY_BYTES) {
      throw new IllegalArgumentException("an Ed25519 private key is 32 bytes");
    }
    return new SigningKey(seed.clone(), provider);
  }

  /// @param random cryptographically strong, such as `SecureRandom`
  public static SigningKey generate(RandomGenerator random) {
    return generate(random, Ed25519Provider.bouncyCastle());
  }

  /// @param random cryptographically strong, such as `SecureRandom`
  /// @param provider signs, and verifies under the public half
  public static SigningKey generate(RandomGenerator random, Ed25519Provider provider) {
    byte[] seed = new byte[Ed25519.KEY_BYTES];
    random.nextBytes(seed);
    return new SigningKey(seed, provider);
  }

  public String kid() {
    return publicKey.kid();
  }

  public VerificationKey publicKey() {
    return publicKey;
  }

  /// The 64 bytes of RFC 8032 §5.1.6.
  ///
  /// @param message at most 1 MiB
  /// @throws IllegalArgumentException if the message is longer
  /// @throws IllegalStateException if the key's provider fails
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_BYTES];
    sign(message, message.length, signature);
    return signature;
  }

  void sign(byte[] message, int length, byte[] signature) {
    if (length > Ed25519.MAX_MESSAGE) {
      throw new IllegalArgumentException("a message longer than 1 MiB is not signed");
    }
    signer.sign(message, length, signature);
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
