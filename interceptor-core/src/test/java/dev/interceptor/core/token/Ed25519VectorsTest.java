package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.token.TokenVectors.WycheproofCase;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Ed25519VectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final List<String> SMALL_ORDER =
      List.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  @ParameterizedTest
  @EnumSource
  void everyWycheproofVerdictIsRight(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    List<WycheproofCase> cases = TokenVectors.wycheproof("ed25519/wycheproof/ed25519_test.json");
    assertThat(cases).hasSize(151);
    for (WycheproofCase each : cases) {
      JsonNode test = each.test();
      boolean verdict =
          verdict(
              provider, each.group().get("publicKey").get("pk"), test.get("msg"), test.get("sig"));
      assertThat(verdict)
          .as("tcId %s: %s", test.get("tcId"), test.get("comment"))
          .isEqualTo(test.get("result").asText().equals("valid"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofTheSpeccheckCasesOnlyTheThirdIsAccepted(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    List<Integer> accepted = new ArrayList<>();
    JsonNode cases = TokenVectors.json("ed25519/speccheck/cases.json");
    for (int i = 0; i < cases.size(); i++) {
      JsonNode test = cases.get(i);
      if (verdict(provider, test.get("pub_key"), test.get("message"), test.get("signature"))) {
        accepted.add(i);
      }
    }
    assertThat(cases).hasSize(12);
    assertThat(accepted).containsExactly(3);
  }

  private static boolean verdict(
      Ed25519Provider provider, JsonNode key, JsonNode message, JsonNode signature) {
    try {
      return VerificationKey.named("vector", bytes(key.asText()), provider)
          .verifies(bytes(message.asText()), bytes(signature.asText()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void signaturesAreThePublishedOnesByteForByte(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    List<String> blocks =
        TokenVectors.text("ed25519/boringssl/ed25519_tests.txt")
            .lines()
            .filter(line -> line.matches("(PRIV|PUB|MESSAGE|SIG):.*"))
            .map(line -> line.substring(line.indexOf(':') + 1).trim())
            .toList();
    int count = blocks.size() / 4;
    assertThat(count).isEqualTo(514);
    for (int i = 0; i < count; i++) {
      SigningKey key = SigningKey.ofSeed(bytes(blocks.get(4 * i).substring(0, 64)), provider);
      byte[] message = bytes(blocks.get(4 * i + 2));
      byte[] signature = key.sign(message);
      assertThat(HEX.formatHex(key.publicKey().encoded())).isEqualTo(blocks.get(4 * i + 1));
      assertThat(HEX.formatHex(signature)).as("vector %s", i).isEqualTo(blocks.get(4 * i + 3));
      assertThat(key.publicKey().verifies(message, signature)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPointOfSmallOrderIsNeitherAKeyNorAnR(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    SigningKey key = SigningKey.ofSeed(new byte[32], provider);
    for (String y : SMALL_ORDER) {
      for (int sign : new int[] {0, 0x80}) {
        byte[] point = bytes(y);
        point[31] |= (byte) sign;
        assertThat(Ed25519.decodePublicKey(point, provider)).isEmpty();
        byte[] signature = key.sign(new byte[3]);
        System.arraycopy(point, 0, signature, 0, 32);
        assertThat(key.publicKey().verifies(new byte[3], signature)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyLengthAndAnyBytesGetAnAnswer(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    SigningKey key = SigningKey.ofSeed(new byte[32], provider);
    Random random = new Random(7);
    IntStream.range(0, 200)
        .forEach(length -> {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          assertThat(key.publicKey().verifies(bytes, bytes)).isFalse();
          assertThat(length == 32 || Ed25519.decodePublicKey(bytes, provider).isEmpty()).isTrue();
        });
  }

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
  }
}
