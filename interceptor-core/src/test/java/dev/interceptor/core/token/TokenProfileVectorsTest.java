package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

class TokenProfileVectorsTest {
  /// Rows that leave the verdict open are refused: SPEC §6 names one `alg`, one `typ` and a `kid`.
  private static final List<String> OPEN =
      List.of("accept-or-reject-but-documented", "reject-or-single-key-policy");

  /// Rows to be refused whose token is byte for byte that of `ok-baseline`: nothing can tell them
  /// apart, so the faults in their names are tested in `TokenRoundTripTest` and `HostileTokenTest`.
  private static final List<String> SAME_AS_BASELINE =
      List.of("b64-trailing-bits-sig", "claim-args-hex");

  @TestFactory
  Stream<DynamicContainer> theProfileVectorsGetTheirVerdictsFromEveryProvider() {
    return Arrays.stream(TestedProvider.values())
        .map(choice -> dynamicContainer(choice.name(), verdicts(choice)));
  }

  /// A provider that cannot be had here is one test that is skipped.
  private static Stream<DynamicTest> verdicts(TestedProvider choice) {
    try {
      return verdicts(choice.get());
    } catch (TestAbortedException e) {
      return Stream.of(
          dynamicTest(
              "skipped",
              () -> {
                throw e;
              }));
    }
  }

  private static Stream<DynamicTest> verdicts(Ed25519Provider provider) {
    List<JsonNode> lines = TokenVectors.jsonLines("jose/derived/eddsa_profile_tokens.jsonl");
    JsonNode meta = lines.getFirst().get("meta");
    assertThat(lines.size()).isGreaterThan(100);
    TokenSetting setting = TokenSetting.of(meta, provider);
    return lines.stream()
        .skip(1)
        .filter(row -> !isSameAsBaseline(row, lines))
        .map(row -> dynamicTest(row.get("id").asText(), () -> check(setting, row)));
  }

  private static boolean isSameAsBaseline(JsonNode row, List<JsonNode> lines) {
    return SAME_AS_BASELINE.contains(row.get("id").asText())
        && row.get("token").equals(lines.get(1).get("token"));
  }

  private static void check(TokenSetting setting, JsonNode row) {
    Verification verification =
        setting.verifier().verify(row.get("token").asText(), setting.expected());
    String expect = row.get("expect").asText();
    if (expect.equals("accept")) {
      assertThat(verification).isInstanceOf(VerifiedToken.class);
      return;
    }
    assertThat(expect.equals("reject") || OPEN.contains(expect)).as(expect).isTrue();
    assertThat(verification).isInstanceOf(TokenRejection.class);
  }

  @ParameterizedTest
  @EnumSource
  void theReasonsNameTheFault(TestedProvider choice) {
    List<JsonNode> lines = TokenVectors.jsonLines("jose/derived/eddsa_profile_tokens.jsonl");
    TokenSetting setting = TokenSetting.of(lines.getFirst().get("meta"), choice.get());
    for (JsonNode row : lines.subList(1, lines.size())) {
      String id = row.get("id").asText();
      Verification verification =
          setting.verifier().verify(row.get("token").asText(), setting.expected());
      if (verification instanceof TokenRejection(TokenRejection.Reason reason)) {
        assertThat(reason).as(id).isIn(reasons(row.get("category").asText(), id));
      }
    }
  }

  private static List<TokenRejection.Reason> reasons(String category, String id) {
    var malformed = TokenRejection.Reason.MALFORMED;
    return switch (category) {
      case "alg-none", "alg-confusion", "alg-allowlist" ->
          List.of(TokenRejection.Reason.WRONG_ALGORITHM, malformed);
      case "kid-injection" -> List.of(TokenRejection.Reason.UNKNOWN_KEY, malformed);
      case "kid" -> List.of(TokenRejection.Reason.UNKNOWN_KEY);
      case "embedded-key", "crit" -> List.of(TokenRejection.Reason.FORBIDDEN_HEADER);
      case "b64" -> List.of(TokenRejection.Reason.FORBIDDEN_HEADER, malformed);
      case "signature" -> List.of(TokenRejection.Reason.BAD_SIGNATURE, malformed);
      default ->
          Stream.of(TokenRejection.Reason.values())
              .filter(reason -> !id.startsWith("claim-") || isOfClaims(reason))
              .toList();
    };
  }

  private static boolean isOfClaims(TokenRejection.Reason reason) {
    return reason == TokenRejection.Reason.MALFORMED
        || reason.compareTo(TokenRejection.Reason.BAD_SIGNATURE) > 0;
  }

  /// The clock, the keys and the call that the file's first line prescribes.
  private record TokenSetting(JsonNode meta, JwkSet keys) {
    static TokenSetting of(JsonNode meta, Ed25519Provider provider) {
      byte[] jwks = meta.get("jwks").toString().getBytes(StandardCharsets.UTF_8);
      try {
        return new TokenSetting(meta, JwkSet.parse(jwks, provider));
      } catch (MalformedKeyException e) {
        throw new AssertionError(e);
      }
    }

    TokenVerifier verifier() {
      InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(meta.get("now").asLong()));
      return new TokenVerifier(
          meta.get("expected").get("iss").asText(),
          keys::find,
          Duration.ofSeconds(meta.get("leeway_s").asLong()),
          Duration.ofSeconds(meta.get("max_lifetime_s").asLong()),
          clock,
          ReplayGuard.inMemory(10, Instant.EPOCH, clock));
    }

    ExpectedCall expected() {
      JsonNode call = meta.get("expected");
      return new ExpectedCall(
          new Audience(call.get("aud").asText()),
          new ToolName(call.get("scope").asText().substring("tool:".length())),
          Sha256.ofHex(call.get("p_hash").asText()));
    }
  }
}
