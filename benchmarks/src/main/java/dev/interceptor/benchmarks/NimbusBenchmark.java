package dev.interceptor.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.SigningKey;
import java.text.ParseException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Nimbus JOSE+JWT with its own signer and verifier (Tink), for a compact JWS of the same header
/// and payload as a token has.
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class NimbusBenchmark {
  private final TokenScene scene = new TokenScene(Ed25519Provider.bouncyCastle());
  private final Ed25519Signer signer;
  private final Ed25519Verifier verifier;
  private final JWSHeader header;
  private String token = "";
  private byte[] payload = {};

  public NimbusBenchmark() {
    SigningKey key = scene.key();
    OctetKeyPair pair =
        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(key.publicKey().encoded()))
            .d(Base64URL.encode(key.insecureBytes()))
            .build();
    try {
      signer = new Ed25519Signer(pair);
      verifier = new Ed25519Verifier(pair.toPublicJWK());
    } catch (JOSEException e) {
      throw new IllegalStateException("Nimbus does not take the key", e);
    }
    header =
        new JWSHeader.Builder(JWSAlgorithm.EdDSA)
            .type(new JOSEObjectType("tool-call+jwt"))
            .keyID(key.kid())
            .build();
  }

  @Setup
  public void prepare() throws ParseException, JOSEException {
    token = scene.token();
    payload = JWSObject.parse(token).getPayload().toBytes();
    if (!verify() || !JWSObject.parse(sign()).verify(verifier)) {
      throw new IllegalStateException("the token of the benchmark does not verify");
    }
  }

  /// From the payload to the compact JWS.
  @Benchmark
  public String sign() throws JOSEException {
    JWSObject jws = new JWSObject(header, new Payload(payload));
    jws.sign(signer);
    return jws.serialize();
  }

  /// From the compact JWS to the verdict about its signature; the claims are not looked at.
  @Benchmark
  public boolean verify() throws ParseException, JOSEException {
    return JWSObject.parse(token).verify(verifier);
  }
}
