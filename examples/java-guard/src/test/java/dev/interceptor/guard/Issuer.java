package dev.interceptor.guard;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.Decision.Permit;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Mints tokens as the interceptor does, for whatever a test asks.
final class Issuer {
  static final String NAME = "sentinel-interceptor";

  private final KeyRing keys = KeyRing.of(SigningKey.generate(new SecureRandom()));
  private final InstantSource clock;
  private final TokenMinter minter;

  Issuer(InstantSource clock, Duration lifetime) {
    this.clock = clock;
    this.minter = new TokenMinter(() -> keys, NAME, lifetime, clock);
  }

  static Issuer create() {
    return new Issuer(InstantSource.system(), Duration.ofSeconds(5));
  }

  JwkSet keys() {
    return keys.published();
  }

  /// A verifier that forgets nothing since long ago.
  TokenVerifier verifier() {
    return verifier(ReplayGuard.inMemory(1000, Instant.EPOCH, clock));
  }

  TokenVerifier verifier(ReplayGuard guard) {
    return new TokenVerifier(NAME, keys()::find, Duration.ofSeconds(1), clock, guard);
  }

  /// @param params of the `tools/call` that the token is for
  String token(Audience audience, String tool, String params) {
    JsonObject all = object(params);
    Arguments arguments =
        all.members().get("arguments") instanceof JsonObject given
            ? Arguments.of(given)
            : Arguments.none();
    var ref = new ToolRef(new UpstreamName("guarded"), new ToolName(tool));
    var call = new ToolCall(ref, arguments, Continuation.of(all));
    return minter.mint(RecordedPermit.afterCommit(row(call)), call, audience).token();
  }

  private DecisionRecord row(ToolCall call) {
    return new DecisionRecord(
        "d-1",
        "r-1",
        clock.instant(),
        "test",
        Optional.empty(),
        new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234")),
        new SessionId("s-1"),
        call.tool(),
        Collections.emptySortedSet(),
        call.digest(),
        Optional.empty(),
        Optional.empty(),
        Sha256.of(new byte[0]),
        Collections.emptySortedSet(),
        1,
        TokenId.fresh(new SecureRandom()),
        new Permit(
            List.of(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            List.of(),
            Optional.empty(),
            SessionState.NEW));
  }

  private static JsonObject object(String json) {
    try {
      return StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
