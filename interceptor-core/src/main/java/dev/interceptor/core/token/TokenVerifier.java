package dev.interceptor.core.token;

import static dev.interceptor.core.token.TokenRejection.Reason;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decides whether a token authorizes the call that a tool server received (SPEC §6, RFC 8725).
///
/// *Guarantees*: a value for every input, never an exception; each token accepted at most once; the
/// token chooses neither algorithm nor key source. Nothing is fetched on a token's behalf, except
/// what `keys` does with a name. *Does not* see the arguments: the caller computes their digest
/// over what it received. Thread-safe if its collaborators are.
public final class TokenVerifier {
  /// The most that a verifier's clock may be granted.
  public static final Duration MAX_LEEWAY = Duration.ofSeconds(2);

  private static final JsonLimits HEADER_LIMITS = new JsonLimits(4, 1024);
  private static final JsonLimits PAYLOAD_LIMITS = new JsonLimits(8, CompactJws.MAX_LENGTH);
  private static final Set<String> HEADER_MEMBERS = Set.of("alg", "typ", "kid");

  private final String issuer;
  private final Function<String, Optional<VerificationKey>> keys;
  private final Duration leeway;
  private final Duration maxLifetime;
  private final InstantSource clock;
  private final ReplayGuard guard;

  /// A verifier that takes any lifetime a minter may give.
  ///
  /// @param keys the issuer's keys by `kid`; called with 1 to 128 visible ASCII characters that
  ///   anyone may have chosen
  /// @param leeway how far the issuer's clock may differ, 0 to 2 s
  /// @throws IllegalArgumentException if the leeway is out of its bounds
  public TokenVerifier(
      String issuer,
      Function<String, Optional<VerificationKey>> keys,
      Duration leeway,
      InstantSource clock,
      ReplayGuard guard) {
    this(issuer, keys, leeway, TokenMinter.MAX_LIFETIME, clock, guard);
  }

  /// @param maxLifetime the most that may lie between `iat` and `exp`, 1 s to 60 s
  /// @throws IllegalArgumentException if the leeway or the lifetime is out of its bounds
  public TokenVerifier(
      String issuer,
      Function<String, Optional<VerificationKey>> keys,
      Duration leeway,
      Duration maxLifetime,
      InstantSource clock,
      ReplayGuard guard) {
    if (leeway.isNegative() || leeway.compareTo(MAX_LEEWAY) > 0) {
      throw new IllegalArgumentException("leeway must be 0s to 2s, got " + leeway);
    }
    if (maxLifetime.toSeconds() < 1 || maxLifetime.compareTo(TokenMinter.MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException("maximum lifetime must be 1s to 60s, got " + maxLifetime);
    }
    this.issuer = issuer;
    this.keys = keys;
    this.leeway = leeway;
    this.maxLifetime = maxLifetime;
    this.clock = clock;
    this.guard = guard;
  }

  /// Verifies a token and uses it up.
  ///
  /// @param compact the token as received, without `Bearer`; null and empty mean that there is none
  /// @param expected the call as received
  public Verification verify(@Nullable String compact, ExpectedCall expected) {
    if (compact == null || compact.isEmpty()) {
      return new TokenRejection(Reason.MISSING);
    }
    try {
      return examine(compact, expected);
    } catch (RuntimeException e) {
      return refused(Reason.MALFORMED);
    }
  }

  /// Verifies without the net of `verify`: fuzzing shows that nothing falls into it.
  Verification examine(String compact, ExpectedCall expected) {
    return CompactJws.parse(compact)
        .map(jws -> examine(jws, expected))
        .orElse(refused(Reason.MALFORMED));
  }

  private Verification examine(CompactJws jws, ExpectedCall expected) {
    JsonObject header;
    TokenClaims claims;
    try {
      header = StrictJson.parseObject(jws.header(), HEADER_LIMITS);
    } catch (MalformedJsonException e) {
      return refused(Reason.MALFORMED);
    }
    Optional<Reason> fault = headerFault(header).or(() -> signatureFault(header, jws));
    if (fault.isPresent()) {
      return refused(fault.get());
    }
    try {
      claims = TokenClaims.of(StrictJson.parseObject(jws.payload(), PAYLOAD_LIMITS));
    } catch (MalformedJsonException | IllegalArgumentException e) {
      return refused(Reason.MALFORMED);
    }
    return claimFault(claims, expected)
        .or(() -> useFault(claims))
        .<Verification>map(TokenVerifier::refused)
        .orElseGet(() -> new VerifiedToken(claims));
  }

  private static TokenRejection refused(Reason reason) {
    return new TokenRejection(reason);
  }

  private static Optional<Reason> headerFault(JsonObject header) {
    if (!isText(header, "alg", CompactJws.ALGORITHM)) {
      return Optional.of(Reason.WRONG_ALGORITHM);
    }
    if (!isText(header, "typ", CompactJws.TYPE)) {
      return Optional.of(Reason.WRONG_TYPE);
    }
    if (!HEADER_MEMBERS.containsAll(header.members().keySet())) {
      return Optional.of(Reason.FORBIDDEN_HEADER);
    }
    return Optional.empty();
  }

  private static boolean isText(JsonObject object, String name, String text) {
    return object.members().get(name) instanceof JsonString(String value) && value.equals(text);
  }

  private Optional<Reason> signatureFault(JsonObject header, CompactJws jws) {
    if (!(header.members().get("kid") instanceof JsonString(String kid))
        || !VerificationKey.isName(kid)) {
      return Optional.of(Reason.UNKNOWN_KEY);
    }
    Optional<VerificationKey> key;
    try {
      key = keys.apply(kid);
    } catch (RuntimeException e) {
      return Optional.of(Reason.KEYS_UNAVAILABLE);
    }
    if (key.isEmpty()) {
      return Optional.of(Reason.UNKNOWN_KEY);
    }
    return jws.isSignedBy(key.get()) ? Optional.empty() : Optional.of(Reason.BAD_SIGNATURE);
  }

  private Optional<Reason> claimFault(TokenClaims claims, ExpectedCall expected) {
    if (!claims.issuer().equals(issuer)) {
      return Optional.of(Reason.WRONG_ISSUER);
    }
    if (!claims.audience().equals(expected.audience())) {
      return Optional.of(Reason.WRONG_AUDIENCE);
    }
    Optional<Reason> untimely = timeFault(claims, clock.instant());
    if (untimely.isPresent()) {
      return untimely;
    }
    if (!claims.tool().equals(expected.tool())) {
      return Optional.of(Reason.WRONG_TOOL);
    }
    if (!claims.arguments().equals(expected.arguments())) {
      return Optional.of(Reason.WRONG_ARGUMENTS);
    }
    if (!claims.request().equals(expected.request())) {
      return Optional.of(Reason.WRONG_REQUEST);
    }
    return Optional.empty();
  }

  private Optional<Reason> timeFault(TokenClaims claims, Instant now) {
    if (now.isBefore(start(claims))) {
      return Optional.of(Reason.NOT_YET_VALID);
    }
    if (!now.isBefore(end(claims))) {
      return Optional.of(Reason.EXPIRED);
    }
    if (claims.issuedAt().plus(maxLifetime).isBefore(claims.expiresAt())) {
      return Optional.of(Reason.LIFETIME_TOO_LONG);
    }
    return Optional.empty();
  }

  /// The first instant at which the token is good here.
  private Instant start(TokenClaims claims) {
    Instant start =
        claims.issuedAt().isAfter(claims.notBefore()) ? claims.issuedAt() : claims.notBefore();
    return start.minus(leeway);
  }

  /// The first instant at which the token is too old here.
  private Instant end(TokenClaims claims) {
    return claims.expiresAt().plus(leeway);
  }

  private Optional<Reason> useFault(TokenClaims claims) {
    try {
      return switch (guard.use(claims.id(), start(claims), end(claims))) {
        case FIRST_USE -> Optional.empty();
        case REPLAYED -> Optional.of(Reason.REPLAYED);
        case FULL -> Optional.of(Reason.REPLAY_GUARD_FULL);
        case UNCERTAIN -> Optional.of(Reason.REPLAY_UNCERTAIN);
      };
    } catch (RuntimeException e) {
      return Optional.of(Reason.REPLAY_GUARD_UNAVAILABLE);
    }
  }
}
