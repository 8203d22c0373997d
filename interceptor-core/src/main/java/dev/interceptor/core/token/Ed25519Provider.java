package dev.interceptor.core.token;

import java.security.Provider;

/// Who computes Ed25519 signatures and checks them. Every provider signs to the same bytes and
/// gives the same verdicts, those of docs/token.md; they differ in speed alone.
///
/// What a signature and a key have to look like is checked here for all providers, before the
/// provider is asked whether the equation holds. Immutable and thread-safe.
public abstract sealed class Ed25519Provider permits BouncyCastleEd25519, JcaEd25519 {
  Ed25519Provider() {}

  /// The default: pure Java, everywhere the same.
  public static Ed25519Provider bouncyCastle() {
    return BouncyCastleEd25519.INSTANCE;
  }

  /// The `Ed25519` signatures of a provider of the Java Cryptography Architecture, which need not
  /// be installed.
  ///
  /// @throws UnfitProviderException if it does not pass [#selfTest]
  public static Ed25519Provider jca(Provider provider) throws UnfitProviderException {
    Ed25519Provider unproven = new JcaEd25519(provider);
    unproven.selfTest();
    return unproven;
  }

  /// For logs.
  public abstract String name();

  /// Signs and verifies known vectors: good signatures, and the kinds of bad ones on which
  /// implementations differ. A few milliseconds.
  ///
  /// @throws UnfitProviderException naming the first vector on which this provider is wrong
  public final void selfTest() throws UnfitProviderException {
    Ed25519SelfTest.run(this);
  }

  /// @param seed the 32 bytes that RFC 8032 calls the private key
  /// @param publicKey its public key
  /// @throws IllegalStateException if the provider does not take the key
  abstract Signer signer(byte[] seed, byte[] publicKey);

  /// @param publicKey canonical, on the curve and not of small order
  /// @throws IllegalStateException if the provider does not take the key
  abstract Verifier verifier(byte[] publicKey);

  @Override
  public String toString() {
    return name();
  }

  /// A private key, prepared. Thread-safe.
  interface Signer {
    /// Writes the 64 bytes of the signature of `message[0, length)`.
    ///
    /// @throws IllegalStateException if the provider fails
    void sign(byte[] message, int length, byte[] signature);
  }

  /// A public key, prepared. Thread-safe.
  interface Verifier {
    /// Whether the equation without the cofactor holds.
    ///
    /// @param signature 64 bytes: `R` canonical and not of small order, `S` below the group's order
    /// @throws RuntimeException if the provider fails
    boolean verifies(byte[] message, int length, byte[] signature);
  }
}
