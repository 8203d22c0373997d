package dev.interceptor.core.token;

import static dev.interceptor.core.token.Fixtures.ISSUER;
import static dev.interceptor.core.token.Fixtures.MAIL;
import static dev.interceptor.core.token.Fixtures.NOW;
import static dev.interceptor.core.token.Fixtures.SEND;
import static dev.interceptor.core.token.Fixtures.expected;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a fuzzer runs, millions of times: the verifier without its safety net, on texts, payloads,
/// headers and signatures that the fuzzer makes up, the payloads and headers truly signed.
///
/// An input is a digit of [Shape] and what it says. It fails by any exception, and by an acceptance
/// that another JSON parser's reading of the token does not bear out.
public final class VerifierFuzzTarget {
  private static final SigningKey KEY =
      SigningKey.ofSeed(Fixtures.KEY.insecureBytes(), TestedProvider.fastest());
  private static final KeyRing KEYS = KeyRing.of(KEY);
  private static final String TOKEN = Fixtures.token();
  private static final CompactJws GENUINE = CompactJws.parse(TOKEN).orElseThrow();
  private static final ObjectMapper OTHER_PARSER =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final TokenVerifier VERIFIER =
      new TokenVerifier(
          ISSUER,
          KEYS::find,
          Duration.ofSeconds(1),
          InstantSource.fixed(NOW),
          (id, from, until) -> ReplayGuard.Use.FIRST_USE);

  private VerifierFuzzTarget() {}

  /// What the bytes after the first one are.
  enum Shape {
    /// The token itself, a character a byte.
    TEXT,
    /// A payload under a genuine header, signed.
    PAYLOAD,
    /// A header over a genuine payload, signed.
    HEADER,
    /// A signature of a genuine header and payload.
    SIGNATURE,
    /// Changes of a genuine token, three bytes each: where, in two bytes, and the new character.
    CHANGES,
    /// A JWK Set.
    KEY_SET;

    private static final List<Shape> ALL = List.of(values());
  }

  /// The entry point that Jazzer looks for.
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    switch (Shape.ALL.get(Math.floorMod(input[0] - '0', Shape.ALL.size()))) {
      case TEXT -> requireGenuine(new String(rest, StandardCharsets.ISO_8859_1));
      case PAYLOAD -> requireBorneOut(GENUINE.header(), rest);
      case HEADER -> requireBorneOut(rest, GENUINE.payload());
      case SIGNATURE ->
          requireGenuine(TOKEN.substring(0, TOKEN.lastIndexOf('.') + 1) + Base64Url.encode(rest));
      case CHANGES -> requireGenuine(changed(rest));
      case KEY_SET -> readKeySet(rest);
    }
  }

  private static boolean isAccepted(String token) {
    return VERIFIER.examine(token, expected(SEND)) instanceof VerifiedToken;
  }

  /// Nobody but the key's owner signs: of texts that were not signed here one can be accepted.
  private static void requireGenuine(String token) {
    if (isAccepted(token) && !token.equals(TOKEN)) {
      throw new AssertionError("accepted, and not signed: " + token);
    }
  }

  private static String changed(byte[] changes) {
    StringBuilder token = new StringBuilder(TOKEN);
    for (int i = 0; i + 2 < changes.length; i += 3) {
      int at = ((changes[i] & 0xff) << 8 | (changes[i + 1] & 0xff)) % token.length();
      token.setCharAt(at, (char) (changes[i + 2] & 0xff));
    }
    return token.toString();
  }

  private static void requireBorneOut(byte[] header, byte[] payload) {
    String input = Base64Url.encode(header) + '.' + Base64Url.encode(payload);
    byte[] signature = KEY.sign(input.getBytes(StandardCharsets.US_ASCII));
    if (isAccepted(input + '.' + Base64Url.encode(signature))
        && !(isRightHeader(read(header)) && isRightPayload(read(payload)))) {
      throw new AssertionError("accepted: " + input);
    }
  }

  private static @Nullable JsonNode read(byte[] json) {
    try {
      return OTHER_PARSER.readTree(json);
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isRightHeader(@Nullable JsonNode header) {
    return header != null
        && header.size() == 3
        && header.path("alg").asText().equals("EdDSA")
        && header.path("typ").asText().equals("tool-call+jwt")
        && header.path("kid").asText().equals(KEY.kid());
  }

  private static boolean isRightPayload(@Nullable JsonNode payload) {
    if (payload == null) {
      return false;
    }
    double start = NOW.getEpochSecond() + 1;
    double end = NOW.getEpochSecond() - 1;
    return payload.path("iss").asText().equals(ISSUER)
        && payload.path("aud").asText().equals(MAIL.value())
        && payload.path("scope").asText().equals("tool:" + SEND.tool().name().value())
        && payload.path("p_hash").asText().equals(SEND.arguments().digest().hex())
        && !payload.has("r_hash")
        && payload.path("iat").asDouble(Double.NaN) <= start
        && payload.path("nbf").asDouble(Double.NaN) <= start
        && payload.path("exp").asDouble(Double.NaN) > end
        && payload.path("exp").asDouble() - payload.path("iat").asDouble() <= 60;
  }

  private static void readKeySet(byte[] json) {
    Optional<JwkSet> read = keySet(json);
    if (!read.equals(read.flatMap(set -> keySet(set.toJson().getBytes(StandardCharsets.UTF_8))))) {
      throw new AssertionError("a key set that is written as another");
    }
  }

  private static Optional<JwkSet> keySet(byte[] json) {
    try {
      return Optional.of(JwkSet.parse(json));
    } catch (MalformedKeyException e) {
      return Optional.empty();
    }
  }
}
