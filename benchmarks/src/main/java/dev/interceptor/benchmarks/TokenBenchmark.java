package dev.interceptor.benchmarks;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.UnfitProviderException;
import dev.interceptor.core.token.Verification;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Minting and verifying a token, and the signature alone, by each provider of Ed25519, beside the
/// bare signature of BouncyCastle that neither could do without at first.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenBenchmark {
  static final String CORRETTO = "corretto";

  /// BouncyCastle without anything of ours.
  @State(Scope.Benchmark)
  public static class Bare {
    private final TokenScene scene = new TokenScene(Ed25519Provider.bouncyCastle());
    private final byte[] seed = scene.key().insecureBytes();
    private final byte[] publicKey = scene.key().publicKey().encoded();
    private final byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    private final byte[] message = TokenScene.signingInput(scene.token());

    byte[] sign(int length) {
      Ed25519.sign(seed, 0, publicKey, 0, message, 0, length, signature, 0);
      return signature;
    }
  }

  /// The parties to a token, who ask one provider.
  @State(Scope.Benchmark)
  public static class Parties {
    @Param({"bouncycastle", CORRETTO})
    public String provider = "";

    private TokenScene scene = new TokenScene(Ed25519Provider.bouncyCastle());
    private String token = "";
    private byte[] message = {};
    private byte[] signature = {};

    @Setup
    public void prepare() throws UnfitProviderException {
      scene =
          new TokenScene(
              provider.equals(CORRETTO)
                  ? Ed25519Provider.jca(AmazonCorrettoCryptoProvider.INSTANCE)
                  : Ed25519Provider.bouncyCastle());
      token = scene.token();
      message = TokenScene.signingInput(token);
      signature = scene.key().sign(message);
    }
  }

  /// Why there is no Corretto on this machine; empty if there is.
  static String correttoObstacle() {
    Throwable obstacle = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
    return obstacle == null ? "" : obstacle.toString();
  }

  /// The baseline: BouncyCastle over the bytes that `mint` signs, the public key pre-computed.
  @Benchmark
  public byte[] bareSignature(Bare bare) {
    return bare.sign(bare.message.length);
  }

  /// The same over 32 bytes.
  @Benchmark
  public byte[] bareSignatureOfDigest(Bare bare) {
    return bare.sign(32);
  }

  /// The signature of a token by its key.
  @Benchmark
  public byte[] sign(Parties parties) {
    return parties.scene.key().sign(parties.message);
  }

  /// From parsed arguments to the compact JWS: canonical form, digest, claims, signature.
  @Benchmark
  public AuthorizedCall mint(Parties parties) {
    return parties.scene.mint();
  }

  /// The signature of a token alone.
  @Benchmark
  public boolean verifySignature(Parties parties) {
    return parties.scene.key().publicKey().verifies(parties.message, parties.signature);
  }

  /// From the compact JWS to its verified claims.
  @Benchmark
  public Verification verify(Parties parties) {
    return parties.scene.verify(parties.token);
  }
}
