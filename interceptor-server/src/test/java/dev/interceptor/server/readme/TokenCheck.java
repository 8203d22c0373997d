package dev.interceptor.server.readme;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ExpectedCall;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.VerifiedToken;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/// The README's example of a tool server that checks tokens; `ReadmeTest` compares the two texts.
// README begins
final class TokenCheck {
  private final Audience audience = Audience.of(URI.create("https://mail.example/mcp"));
  private final TokenVerifier verifier;

  /// @param jwks the body of the interceptor's /.well-known/jwks.json
  TokenCheck(byte[] jwks, InstantSource clock) throws MalformedKeyException {
    JwkSet keys = JwkSet.parse(jwks);
    ReplayGuard guard = ReplayGuard.inMemory(100_000, clock);
    verifier =
        new TokenVerifier("sentinel-interceptor", keys::find, Duration.ofSeconds(1), clock, guard);
  }

  /// @param bearer the Authorization header without `Bearer `
  /// @param tool and arguments: params.name and params.arguments of the tools/call, as received
  boolean permits(String bearer, String tool, byte[] arguments) {
    try {
      var received = Arguments.of(StrictJson.parseObject(arguments, JsonLimits.DEFAULT));
      var call = new ExpectedCall(audience, new ToolName(tool), received.digest());
      return verifier.verify(bearer, call) instanceof VerifiedToken;
    } catch (MalformedJsonException | IllegalArgumentException e) {
      return false; // arguments or a name that no token can be for
    }
  }
}
// README ends
