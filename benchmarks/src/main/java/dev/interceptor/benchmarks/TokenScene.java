package dev.interceptor.benchmarks;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.audit.TokenId;
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
import dev.interceptor.core.token.Ed25519Provider;
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

/// A call with 300 bytes of arguments, and the parties that mint and verify its token.
final class TokenScene {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ISSUER = "sentinel-interceptor";
  private static final ToolRef TOOL =
      new ToolRef(new UpstreamName("mail"), new ToolName("send_email"));

  private final Audience audience = Audience.of(URI.create("https://mail.tools.example/mcp"));
  private final JsonObject arguments = Documents.parse(Documents.mail(300));
  private final SigningKey key;
  private final TokenMinter minter;
  private final TokenVerifier verifier;
  private final Sha256 digest = Arguments.of(arguments).digest();
  private final RecordedPermit permit = RecordedPermit.afterCommit(row(digest));
  private final ExpectedCall expected = new ExpectedCall(audience, TOOL.name(), digest);

  /// The guard lets every use pass, so that one token can be verified again and again.
  TokenScene(Ed25519Provider provider) {
    key = SigningKey.generate(new SecureRandom(), provider);
    KeyRing keys = KeyRing.of(key);
    InstantSource clock = InstantSource.fixed(NOW);
    minter = new TokenMinter(() -> keys, ISSUER, Duration.ofSeconds(5), clock);
    verifier =
        new TokenVerifier(
            ISSUER,
            keys::find,
            Duration.ZERO,
            clock,
            (id, from, until) -> ReplayGuard.Use.FIRST_USE);
  }

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
        Optional.empty(),
        new Principal(new CustomerId("acme"), new ApiKeyId("a1b2c3d4")),
        new SessionId("support-session-4711"),
        TOOL,
        Collections.emptySortedSet(),
        arguments,
        Optional.empty(),
        Optional.empty(),
        Sha256.of(new byte[] {1}),
        Collections.emptySortedSet(),
        1,
        TokenId.fresh(new SecureRandom()),
        decision);
  }

  SigningKey key() {
    return key;
  }

  /// From parsed arguments to the compact JWS: canonical form, digest, claims, signature.
  AuthorizedCall mint() {
    return minter.mint(permit, new ToolCall(TOOL, Arguments.of(arguments)), audience);
  }

  /// From the compact JWS to its verified claims.
  Verification verify(String token) {
    return verifier.verify(token, expected);
  }

  /// A token that verifies.
  String token() {
    String token = mint().token();
    if (!(verify(token) instanceof VerifiedToken)) {
      throw new IllegalStateException("the token of the benchmark does not verify");
    }
    return token;
  }

  /// What the signature of `token` covers.
  static byte[] signingInput(String token) {
    return token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
  }
}
