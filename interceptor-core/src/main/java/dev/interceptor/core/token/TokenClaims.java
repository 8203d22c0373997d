package dev.interceptor.core.token;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.ToolName;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a token says: who may make which call where, and until when (SPEC §6).
///
/// @param issuer `iss`
/// @param session `sub`
/// @param customer `client_id`
/// @param audience `aud`
/// @param issuedAt `iat`, whole seconds
/// @param notBefore `nbf`, whole seconds; the first instant at which the token is good
/// @param expiresAt `exp`, whole seconds; the first instant at which it is no longer
/// @param id `jti`, unique to this token
/// @param tool what follows `tool:` in `scope`
/// @param arguments `p_hash`, over the canonical arguments
/// @param request `r_hash`, over `inputResponses` and `requestState`; present exactly when the call
///   carries either
/// @param toolDefinition `tool_hash`, over the pinned definition
/// @param policy digest of the policy that permitted
/// @param decision id of the row in the decision log
public record TokenClaims(
    String issuer,
    SessionId session,
    Optional<CustomerId> customer,
    Audience audience,
    Instant issuedAt,
    Instant notBefore,
    Instant expiresAt,
    String id,
    ToolName tool,
    Sha256 arguments,
    Optional<Sha256> request,
    Optional<Sha256> toolDefinition,
    Optional<Sha256> policy,
    Optional<String> decision) {
  static final String SCOPE_PREFIX = "tool:";

  private static final Pattern SHORT_TEXT = Pattern.compile("[\\x21-\\x7e]{1,128}");

  /// The last second of the year 9999.
  private static final long MAX_SECOND = 253_402_300_799L;

  /// Reads a payload. Claims that are not listed above are ignored (RFC 7519 §4).
  ///
  /// @throws IllegalArgumentException if a claim is absent or not what it should be
  static TokenClaims of(JsonObject payload) {
    String scope = text(payload, "scope");
    if (!scope.startsWith(SCOPE_PREFIX)) {
      throw new IllegalArgumentException("`scope` is not of a tool");
    }
    return new TokenClaims(
        text(payload, "iss"),
        new SessionId(text(payload, "sub")),
        optionalText(payload, "client_id").map(CustomerId::new),
        new Audience(text(payload, "aud")),
        instant(payload, "iat"),
        instant(payload, "nbf"),
        instant(payload, "exp"),
        shortText(text(payload, "jti")),
        new ToolName(scope.substring(SCOPE_PREFIX.length())),
        Sha256.ofHex(text(payload, "p_hash")),
        optionalText(payload, "r_hash").map(Sha256::ofHex),
        optionalText(payload, "tool_hash").map(Sha256::ofHex),
        optionalText(payload, "policy").map(Sha256::ofHex),
        optionalText(payload, "decision").map(TokenClaims::shortText));
  }

  private static String text(JsonObject payload, String name) {
    return optionalText(payload, name)
        .orElseThrow(() -> new IllegalArgumentException("no `" + name + "`"));
  }

  private static Optional<String> optionalText(JsonObject payload, String name) {
    return payload
        .member(name)
        .map(value -> {
          if (value instanceof JsonString(String text)) {
            return text;
          }
          throw new IllegalArgumentException("`" + name + "` is not a string");
        });
  }

  private static String shortText(String value) {
    if (!SHORT_TEXT.matcher(value).matches()) {
      throw new IllegalArgumentException("not 1-128 visible ASCII characters");
    }
    return value;
  }

  private static Instant instant(JsonObject payload, String name) {
    if (payload.members().get(name) instanceof JsonNumber(double seconds)
        && seconds >= 0
        && seconds <= MAX_SECOND
        && seconds == Math.rint(seconds)) {
      return Instant.ofEpochSecond((long) seconds);
    }
    throw new IllegalArgumentException("`" + name + "` is not whole seconds");
  }

  /// The claims as the payload of a token.
  JsonBytes toJson() {
    JsonBytes json =
        new JsonBytes(768).raw("{").string("iss", issuer).string("sub", session.value());
    customer.ifPresent(value -> json.string("client_id", value.value()));
    json.string("aud", audience.value())
        .number("iat", issuedAt.getEpochSecond())
        .number("nbf", notBefore.getEpochSecond())
        .number("exp", expiresAt.getEpochSecond())
        .string("jti", id)
        .string("scope", SCOPE_PREFIX + tool.value())
        .string("p_hash", arguments.hex());
    request.ifPresent(value -> json.string("r_hash", value.hex()));
    toolDefinition.ifPresent(value -> json.string("tool_hash", value.hex()));
    policy.ifPresent(value -> json.string("policy", value.hex()));
    decision.ifPresent(value -> json.string("decision", value));
    return json.raw("}");
  }
}
