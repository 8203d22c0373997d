package dev.interceptor.core.token;

import static dev.interceptor.core.token.Fixtures.ISSUER;
import static dev.interceptor.core.token.Fixtures.KEY;
import static dev.interceptor.core.token.Fixtures.NOW;
import static dev.interceptor.core.token.Fixtures.SEND;
import static dev.interceptor.core.token.Fixtures.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.token.TokenVectors.WycheproofCase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ForeignJoseTest {
  @ParameterizedTest
  @CsvSource({
    "json_web_signature_test.json, 401",
    "json_web_crypto_test.json, 83",
    "json_web_key_test.json, 26"
  })
  void noTokenOfAnotherAlgorithmIsAccepted(String file, int count) {
    InstantSource clock = InstantSource.fixed(NOW);
    TokenVerifier anyKid =
        new TokenVerifier(
            ISSUER,
            kid -> Optional.of(KEY.publicKey()),
            Duration.ZERO,
            clock,
            Fixtures.guard(clock));
    List<WycheproofCase> cases = TokenVectors.wycheproof("jose/wycheproof/" + file);
    assertThat(cases).hasSize(count);
    for (WycheproofCase each : cases) {
      JsonNode jws = each.test().path("jws");
      String token = jws.isTextual() ? jws.asText() : jws.toString();
      assertThat(anyKid.verify(token, expected(SEND)))
          .as("tcId %s", each.test().get("tcId"))
          .isInstanceOf(TokenRejection.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "json_web_signature_test.json",
    "json_web_crypto_test.json",
    "json_web_key_test.json"
  })
  void noKeySetOfAnotherAlgorithmIsAccepted(String file) {
    for (JsonNode group : TokenVectors.json("jose/wycheproof/" + file).get("testGroups")) {
      for (String half : new String[] {"public", "private"}) {
        JsonNode keys = group.path(half);
        if (keys.isMissingNode()) {
          continue;
        }
        String set = keys.has("keys") ? keys.toString() : "{\"keys\":[" + keys + "]}";
        assertThatThrownBy(() -> JwkSet.parse(set.getBytes(StandardCharsets.UTF_8)))
            .as("%s %s", group.get("comment"), half)
            .isInstanceOf(MalformedKeyException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSignatureOfRfc8037IsGoodButItIsNoTokenOfOurs(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    JsonNode example = TokenVectors.json("jose/cookbook/curve25519/jws.json");
    String compact = example.at("/output/compact").asText();
    JsonNode jwk = example.at("/input/key");
    VerificationKey key =
        VerificationKey.of(Base64Url.decode(jwk.get("x").asText()).orElseThrow(), provider);
    CompactJws jws = CompactJws.parse(compact).orElseThrow();

    assertThat(jws.isSignedBy(key)).isTrue();
    assertThat(new String(jws.payload(), StandardCharsets.UTF_8))
        .isEqualTo(example.at("/input/payload").asText());
    SigningKey signer =
        SigningKey.ofSeed(Base64Url.decode(jwk.get("d").asText()).orElseThrow(), provider);
    String input = example.at("/signing/sig-input").asText();
    assertThat(Base64Url.encode(signer.sign(input.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(example.at("/signing/sig").asText());
    assertThat(Fixtures.verifier(InstantSource.fixed(NOW)).verify(compact, expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.WRONG_TYPE));
  }
}
