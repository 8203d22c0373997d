package dev.interceptor.benchmarks;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.ExpectedCall;
import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.Verification;
import dev.interceptor.core.token.VerifiedToken;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Minting and verifying a token for a call with 300 bytes of arguments, beside the bare signature
/// that neither can do without.
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenBenchmark {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ISSUER = "sentinel-interceptor";
  private static final ToolRef TOOL =
      new ToolRef(new UpstreamName("mail"), new ToolName("send_email"));

  private final Audience audience = Audience.of(URI.create("https://mail.tools.example/mcp"));
  private final JsonObject arguments = Documents.parse(Documents.mail(300));
  private final SigningKey key = SigningKey.generate(new SecureRandom());
  private final byte[] seed = key.insecureBytes();
  private final byte[] publicKey = key.publicKey().encoded();
  private final byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
  private final KeyRing keys = KeyRing.of(key);
  private final TokenMinter minter =
      new TokenMinter(
          () -> keys, ISSUER, Duration.ofSeconds(5), InstantSource.fixed(NOW), new SecureRandom());

  /// The guard lets every use pass, so that one token can be verified again and again.
  private final TokenVerifier verifier =
      new TokenVerifier(
          ISSUER,
          keys::find,
          Duration.ZERO,
          InstantSource.fixed(NOW),
          (id, until) -> ReplayGuard.Use.FIRST_USE);

  private final Sha256 digest = Arguments.of(arguments).digest();
  private final RecordedPermit permit = RecordedPermit.afterCommit(row(digest));
  private final ExpectedCall expected = new ExpectedCall(audience, TOOL.name(), digest);
  private String token = "";
  private byte[] signingInput = {};

  private static DecisionRecord row(Sha256 arguments) {
    var decision =
        new Decision.Permit(
            List.of(RuleId.STATIC),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            List.of(),
            Optional.empty(),
            SessionState.NEW);
    return new DecisionRecord(
        "018f3f9c-7c1e-7e52-9c36-0b6a2f6f1d11",
        "018f3f9c-7c1e-7e52-9c36-0b6a2f6f1d12",
        NOW,
        "proxy.execute",
        new Principal(new CustomerId("acme"), new ApiKeyId("a1b2c3d4")),
        new SessionId("support-session-4711"),
        TOOL,
        Collections.emptySortedSet(),
        arguments,
        Sha256.of(new byte[] {1}),
        Collections.emptySortedSet(),
        1,
        decision);
  }

  @Setup
  public void prepare() {
    token = mint().token();
    signingInput = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
    if (!(verify() instanceof VerifiedToken)) {
      throw new IllegalStateException("the token of the benchmark does not verify: " + verify());
    }
  }

  /// The baseline: BouncyCastle over the bytes that `mint` signs, the public key pre-computed.
  @Benchmark
  public byte[] bareSignature() {
    Ed25519.sign(seed, 0, publicKey, 0, signingInput, 0, signingInput.length, signature, 0);
    return signature;
  }

  /// The same over 32 bytes.
  @Benchmark
  public byte[] bareSignatureOfDigest() {
    Ed25519.sign(seed, 0, publicKey, 0, signingInput, 0, 32, signature, 0);
    return signature;
  }

  /// From parsed arguments to the compact JWS: canonical form, digest, claims, signature.
  @Benchmark
  public AuthorizedCall mint() {
    return minter.mint(permit, new ToolCall(TOOL, Arguments.of(arguments)), audience);
  }

  /// From the compact JWS to its verified claims.
  @Benchmark
  public Verification verify() {
    return verifier.verify(token, expected);
  }
}
