package dev.interceptor.core.token;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// One agent's call, permitted and recorded, with the parties that mint and verify its token.
final class Fixtures {
  static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  static final String ISSUER = "sentinel-interceptor";
  static final Audience MAIL = new Audience("https://mail.example/mcp");
  static final SigningKey KEY = SigningKey.ofSeed(new byte[32]);
  static final KeyRing KEYS = KeyRing.of(KEY);
  static final Sha256 POLICY = Sha256.of("policy".getBytes(StandardCharsets.UTF_8));
  static final ToolCall SEND = call("send_email", "hi");

  private static final Random RANDOM = new Random(1);

  private Fixtures() {}

  static ToolCall call(String tool, String body) {
    return new ToolCall(
        new ToolRef(new UpstreamName("mail"), new ToolName(tool)),
        Arguments.of(new JsonObject(Map.of("body", new JsonString(body)))));
  }

  static RecordedPermit permit(ToolCall call) {
    return permit(call, new SessionId("s-42"));
  }

  static RecordedPermit permit(ToolCall call, SessionId session) {
    return permit(call, session, Optional.empty());
  }

  static RecordedPermit permit(ToolCall call, SessionId session, Optional<Sha256> definition) {
    return RecordedPermit.afterCommit(
        new DecisionRecord(
            "d-1",
            "r-1",
            NOW,
            "proxy.execute",
            Optional.empty(),
            new Principal(new CustomerId("acme"), new ApiKeyId("abcd1234")),
            session,
            call.tool(),
            Collections.emptySortedSet(),
            call.digest(),
            Optional.empty(),
            definition,
            POLICY,
            Collections.emptySortedSet(),
            1,
            TokenId.fresh(RANDOM),
            new Decision.Permit(
                List.of(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                List.of(),
                Optional.empty(),
                SessionState.NEW)));
  }

  static TokenMinter minter(InstantSource clock) {
    return new TokenMinter(() -> KEYS, ISSUER, Duration.ofSeconds(5), clock);
  }

  static String token() {
    return minter(InstantSource.fixed(NOW)).mint(permit(SEND), SEND, MAIL).token();
  }

  static TokenVerifier verifier(InstantSource clock) {
    return verifier(clock, Duration.ZERO);
  }

  static TokenVerifier verifier(InstantSource clock, Duration leeway) {
    return new TokenVerifier(ISSUER, KEYS::find, leeway, clock, guard(clock));
  }

  /// A guard that has watched since long before [#NOW].
  static ReplayGuard guard(InstantSource clock) {
    return ReplayGuard.inMemory(100_000, NOW.minusSeconds(1000), clock);
  }

  static ExpectedCall expected(ToolCall call) {
    return new ExpectedCall(MAIL, call.tool().name(), call.arguments().digest());
  }
}
