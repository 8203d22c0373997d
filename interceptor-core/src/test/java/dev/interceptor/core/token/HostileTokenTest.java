package dev.interceptor.core.token;

import static dev.interceptor.core.token.Fixtures.KEY;
import static dev.interceptor.core.token.Fixtures.NOW;
import static dev.interceptor.core.token.Fixtures.SEND;
import static dev.interceptor.core.token.Fixtures.expected;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTokenTest {
  private static final String TOKEN = Fixtures.token();
  private static final List<String> FRAGMENTS =
      List.of(
          ".",
          "..",
          "=",
          "-",
          "_",
          "eyJ",
          "\u0000",
          "\ud800",
          "{\"alg\":\"none\"}",
          "null",
          "[",
          "{",
          "\"",
          "9e999",
          " ",
          "\n",
          "%2e",
          "é");

  private final TokenVerifier verifier = Fixtures.verifier(InstantSource.fixed(NOW));

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomTextIsRefusedAndNeverThrows(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      String text = random.nextBoolean() ? noise(random) : mutation(random);
      assertThat(verifier.verify(text, expected(SEND))).isInstanceOf(TokenRejection.class);
    }
  }

  private static String noise(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(60);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(3)) {
        case 0 -> text.append((char) random.nextInt(0x10000));
        case 1 -> text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
        default -> text.append((char) ('!' + random.nextInt(94)));
      }
    }
    return text.toString();
  }

  private static String mutation(Random random) {
    StringBuilder text = new StringBuilder(TOKEN);
    int at = random.nextInt(text.length());
    String fragment = FRAGMENTS.get(random.nextInt(FRAGMENTS.size()));
    switch (random.nextInt(3)) {
      case 0 -> text.insert(at, fragment);
      case 1 -> text.setLength(at);
      default -> text.replace(at, Math.min(text.length(), at + 3), fragment + "!");
    }
    return text.toString();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aSignedPayloadOfRandomBytesIsRefusedAndNeverThrows(long seed) {
    Random random = new Random(seed);
    byte[] payload = CompactJws.parse(TOKEN).orElseThrow().payload();
    for (int i = 0; i < 100; i++) {
      byte[] changed = payload.clone();
      int position = random.nextInt(changed.length);
      changed[position] ^= (byte) (1 << random.nextInt(8));
      String token = CompactJws.sign(KEY, new JsonBytes(16).raw(changed));
      assertThat(verifier.verify(token, expected(SEND))).isNotNull();
      random.nextBytes(changed);
      String noise = CompactJws.sign(KEY, new JsonBytes(16).raw(changed));
      assertThat(verifier.verify(noise, expected(SEND))).isInstanceOf(TokenRejection.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{}",
        "{\"iss\":1}",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}",
        "{\"exp\":1e400}",
        "{\"iss\":\"\\ud800\"}",
        "\ufeff{}"
      })
  void aSignedPayloadOfTheWrongShapeIsMalformed(String payload) {
    byte[] utf8 = payload.getBytes(StandardCharsets.UTF_8);
    String token = CompactJws.sign(KEY, new JsonBytes(16).raw(utf8));
    assertThat(verifier.verify(token, expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.MALFORMED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"exp\":1800000005.5",
        "\"exp\":\"1800000005\"",
        "\"exp\":-1",
        "\"exp\":1e15",
        "\"exp\":null",
        "\"aud\":[\"https://mail.example/mcp\"]",
        "\"jti\":\"\"",
        "\"jti\":7",
        "\"sub\":\"\"",
        "\"scope\":\"send_email\"",
        "\"scope\":\"tool:send_email tool:run_shell\"",
        "\"scope\":[\"tool:send_email\"]",
        "\"client_id\":\"A B\"",
        "\"decision\":7",
        "\"tool_hash\":\"00\""
      })
  void aClaimOfTheWrongTypeIsMalformed(String claim) {
    assertThat(verifier.verify(tokenWith(claim), expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.MALFORMED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"iat\":1800000001 | NOT_YET_VALID",
        "\"nbf\":1800000001 | NOT_YET_VALID",
        "\"exp\":1800000000 | EXPIRED",
        "\"exp\":1800000061 | LIFETIME_TOO_LONG",
        "\"iat\":1799999944 | LIFETIME_TOO_LONG",
        "\"iss\":\"other\" | WRONG_ISSUER",
        "\"iss\":\"Sentinel-interceptor\" | WRONG_ISSUER",
        "\"scope\":\"tool:Send_email\" | WRONG_TOOL",
        "\"aud\":\"https://mail.example/mcp/\" | WRONG_AUDIENCE"
      })
  void oneWrongClaimIsEnough(String claim, TokenRejection.Reason reason) {
    assertThat(verifier.verify(tokenWith(claim), expected(SEND)))
        .isEqualTo(new TokenRejection(reason));
  }

  /// A well-signed token with one claim replaced.
  private static String tokenWith(String claim) {
    String name = claim.substring(0, claim.indexOf(':'));
    String good =
        new String(CompactJws.parse(TOKEN).orElseThrow().payload(), StandardCharsets.UTF_8);
    String without = good.replaceFirst(name + ":(\"[^\"]*\"|[0-9]+),?", "").replace(",}", "}");
    String changed = without.substring(0, without.length() - 1) + "," + claim + "}";
    return CompactJws.sign(KEY, new JsonBytes(16).raw(changed.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aClaimThatNobodyKnowsIsIgnored() {
    String good =
        new String(CompactJws.parse(TOKEN).orElseThrow().payload(), StandardCharsets.UTF_8);
    String more = good.substring(0, good.length() - 1) + ",\"later\":{\"v\":[1]}}";
    String token =
        CompactJws.sign(KEY, new JsonBytes(16).raw(more.getBytes(StandardCharsets.UTF_8)));
    assertThat(verifier.verify(token, expected(SEND))).isInstanceOf(VerifiedToken.class);
  }

  @Test
  void unusedBitsOfTheLastDigitAreZero() {
    // 64 bytes end in a digit with four unused bits; the sixteen spellings decode alike elsewhere.
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(TOKEN.charAt(TOKEN.length() - 1));
    String head = TOKEN.substring(0, TOKEN.length() - 1);
    for (int bits = 1; bits < 16; bits++) {
      assertThat(verifier.verify(head + alphabet.charAt(last | bits), expected(SEND)))
          .isEqualTo(new TokenRejection(TokenRejection.Reason.MALFORMED));
    }
    assertThat(verifier.verify(TOKEN + "==", expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.MALFORMED));
  }

  @Test
  void aVeryLongTextIsRefusedUnread() {
    assertThat(verifier.verify("a".repeat(10_000_000), expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.MALFORMED));
    assertThat(verifier.verify(".".repeat(8192), expected(SEND)))
        .isEqualTo(new TokenRejection(TokenRejection.Reason.MALFORMED));
  }
}
