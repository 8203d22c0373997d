package dev.interceptor.server.upstream;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Permitted, recorded and signed calls for tests of what comes after.
public final class AuthorizedCalls {
  public static final String ISSUER = "sentinel-interceptor";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;
  private final KeyRing keys = KeyRing.of(SigningKey.generate(RANDOM));
  private final TokenMinter minter;

  public AuthorizedCalls(InstantSource clock) {
    this.clock = clock;
    this.minter = new TokenMinter(() -> keys, ISSUER, Duration.ofSeconds(5), clock);
  }

  public static AuthorizedCalls create() {
    return new AuthorizedCalls(InstantSource.system());
  }

  public JwkSet keys() {
    return keys.published();
  }

  public AuthorizedCall to(ToolServer server, String tool, String arguments) {
    return to(server, "acme", tool, arguments);
  }

  public AuthorizedCall to(ToolServer server, String customer, String tool, String arguments) {
    return forAudience(server, server.audience(), customer, tool, arguments);
  }

  public AuthorizedCall forAudience(
      ToolServer server, Audience audience, String customer, String tool, String arguments) {
    return mint(
        customer,
        new ToolCall(new ToolRef(server.name(), new ToolName(tool)), parse(arguments)),
        audience);
  }

  /// A call that goes on with an earlier one.
  ///
  /// @param params a JSON object whose `inputResponses` and `requestState` the call carries
  public AuthorizedCall goingOn(ToolServer server, String tool, String arguments, String params) {
    ToolRef ref = new ToolRef(server.name(), new ToolName(tool));
    var continuation = Continuation.of(object(params));
    return mint("acme", new ToolCall(ref, parse(arguments), continuation), server.audience());
  }

  private AuthorizedCall mint(String customer, ToolCall call, Audience audience) {
    Decision permit =
        new Decision.Permit(
            List.of(RuleId.STATIC),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            List.of(),
            Optional.empty(),
            SessionState.NEW);
    DecisionRecord row =
        new DecisionRecord(
            "d-1",
            "r-1",
            clock.instant(),
            "test",
            Optional.empty(),
            new Principal(new CustomerId(customer), new ApiKeyId("abcd1234")),
            new SessionId("s-1"),
            call.tool(),
            Collections.emptySortedSet(),
            call.digest(),
            Optional.empty(),
            Optional.empty(),
            Sha256.of(new byte[0]),
            Collections.emptySortedSet(),
            1,
            TokenId.fresh(RANDOM),
            permit);
    return minter.mint(RecordedPermit.afterCommit(row), call, audience);
  }

  private static Arguments parse(String json) {
    return Arguments.of(object(json));
  }

  private static JsonObject object(String json) {
    try {
      return StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
