package dev.interceptor.core.token;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ToolCall;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;

/// Mints the short-lived token that authorizes one call.
///
/// The token is a JWS (RFC 7515) signed with Ed25519 (RFC 8037). It binds the arguments by their
/// RFC 8785 digest, so the tool server must recompute the digest over what it received. Thread-safe
/// if its clock and its random generator are.
public final class TokenMinter {
  /// The longest life a token may be given.
  public static final Duration MAX_LIFETIME = Duration.ofSeconds(60);

  private final Supplier<KeyRing> keys;
  private final String issuer;
  private final Duration lifetime;
  private final InstantSource clock;

  /// @param keys asked for each token, so that a rotation takes effect at once
  /// @param lifetime whole seconds, 1 s to 60 s
  /// @throws IllegalArgumentException if the issuer is empty or the lifetime is out of its bounds
  public TokenMinter(
      Supplier<KeyRing> keys, String issuer, Duration lifetime, InstantSource clock) {
    if (issuer.isEmpty()) {
      throw new IllegalArgumentException("token issuer is empty");
    }
    if (!lifetime.equals(lifetime.truncatedTo(ChronoUnit.SECONDS))
        || lifetime.toSeconds() < 1
        || lifetime.compareTo(MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException(
          "token lifetime must be 1s to 60s in whole seconds, got " + lifetime);
    }
    this.keys = keys;
    this.issuer = issuer;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  /// How long a token is good.
  public Duration lifetime() {
    return lifetime;
  }

  /// The token's id and the digest of the tool's pinned definition are those on record.
  ///
  /// @param permit proof that `call` was permitted and that the permit is durable
  /// @param audience the upstream that will receive the call
  /// @return the call with its token; `exp` is `lifetime` after now rounded down to a second
  /// @throws IllegalArgumentException if the permit was recorded for another tool or for other
  ///   arguments, or if the claims make a token longer than a verifier reads
  public AuthorizedCall mint(RecordedPermit permit, ToolCall call, Audience audience) {
    DecisionRecord row = permit.row();
    if (!row.tool().equals(call.tool()) || !row.arguments().equals(call.digest())) {
      throw new IllegalArgumentException("the permit was recorded for another call");
    }
    // The time is read before the key is asked for, so no token is dated after its key was good.
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    TokenClaims claims =
        new TokenClaims(
            issuer,
            row.session(),
            Optional.of(row.principal().customer()),
            audience,
            now,
            now,
            now.plus(lifetime),
            row.token().value(),
            call.tool().name(),
            call.arguments().digest(),
            call.continuation().map(Continuation::digest),
            row.definition(),
            Optional.of(row.policy()),
            Optional.of(row.decisionId()));
    String token = CompactJws.sign(keys.get().active(), claims.toJson());
    return new AuthorizedCall(call, permit, audience, token, claims.expiresAt());
  }
}
