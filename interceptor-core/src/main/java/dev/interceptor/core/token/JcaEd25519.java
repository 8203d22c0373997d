package dev.interceptor.core.token;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.jspecify.annotations.Nullable;

/// The `Ed25519` signatures of a JCA provider, over keys that the platform's key factory made.
///
/// AWS-LC, which Amazon Corretto Crypto Provider calls, computes `[S]B - [k]A`, encodes the point
/// and compares the bytes with `R`: the equation without the cofactor, so that `R` need not be
/// decoded nor its order be checked.
final class JcaEd25519 extends Ed25519Provider {
  private static final String ALGORITHM = "Ed25519";

  private final Provider provider;

  JcaEd25519(Provider provider) {
    this.provider = provider;
  }

  /// What this platform answers a request for Ed25519 with.
  static JcaEd25519 ofPlatform() {
    try {
      return new JcaEd25519(KeyFactory.getInstance(ALGORITHM).getProvider());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform since 15 has Ed25519", e);
    }
  }

  @Override
  public String name() {
    return provider.getName() + " " + provider.getVersionStr();
  }

  @Override
  Signer signer(byte[] seed, byte[] publicKey) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(Pkcs8.encode(seed)));
      return new PooledSigner(
          new SignaturePool(() -> {
            Signature signer = Signature.getInstance(ALGORITHM, provider);
            signer.initSign(key);
            return signer;
          }));
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  @Override
  Verifier verifier(byte[] publicKey) {
    try {
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(Spki.encode(publicKey)));
      return new PooledVerifier(
          new SignaturePool(() -> {
            Signature verifier = Signature.getInstance(ALGORITHM, provider);
            verifier.initVerify(key);
            return verifier;
          }));
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(@Nullable Exception cause) {
    return new IllegalStateException("the provider of Ed25519 failed", cause);
  }

  /// An object goes back to its pool only after it has answered.
  private record PooledSigner(SignaturePool pool) implements Signer {
    @Override
    public void sign(byte[] message, int length, byte[] signature) {
      try {
        Signature signer = pool.take();
        signer.update(message, 0, length);
        if (signer.sign(signature, 0, Ed25519.SIGNATURE_BYTES) != Ed25519.SIGNATURE_BYTES) {
          throw failed(null);
        }
        pool.giveBack(signer);
      } catch (GeneralSecurityException e) {
        throw failed(e);
      }
    }
  }

  /// An object goes back to its pool only after it has answered.
  private record PooledVerifier(SignaturePool pool) implements Verifier {
    @Override
    public boolean verifies(byte[] message, int length, byte[] signature) {
      try {
        Signature verifier = pool.take();
        verifier.update(message, 0, length);
        boolean holds = verifier.verify(signature);
        pool.giveBack(verifier);
        return holds;
      } catch (GeneralSecurityException e) {
        throw failed(e);
      }
    }
  }
}
