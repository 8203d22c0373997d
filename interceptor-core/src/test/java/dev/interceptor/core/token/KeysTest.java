package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
  /// RFC 8037 appendix A.1 to A.3.
  private static final String D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

  private static final String X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  private static final String THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

  /// RFC 8410 §10.3.
  private static final String PEM =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----
      """;

  private static final SigningKey KEY = SigningKey.ofSeed(Base64Url.decode(D).orElseThrow());

  @Test
  void theNameIsTheThumbprint() {
    assertThat(KEY.kid()).isEqualTo(THUMBPRINT);
    assertThat(Base64Url.encode(KEY.publicKey().encoded())).isEqualTo(X);
  }

  @Test
  void thePrivateKeyIsNotInItsText() {
    assertThat(KEY.toString())
        .contains("redacted")
        .doesNotContain(D)
        .doesNotContain(HexFormat.of().formatHex(KEY.insecureBytes()));
  }

  @Test
  void aTokenIsDatedBeforeItsKeyIsAskedFor() {
    var now = new AtomicReference<>(Fixtures.NOW);
    Supplier<KeyRing> slow =
        () -> {
          now.set(Fixtures.NOW.plusSeconds(100));
          return Fixtures.KEYS;
        };
    var minter = new TokenMinter(slow, Fixtures.ISSUER, Duration.ofSeconds(5), now::get);
    AuthorizedCall call = minter.mint(Fixtures.permit(Fixtures.SEND), Fixtures.SEND, Fixtures.MAIL);
    assertThat(call.expiresAt()).isEqualTo(Fixtures.NOW.plusSeconds(5));
  }

  @Test
  void aSeedIs32Bytes() {
    assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.ofSeed(new byte[31]));
    assertThat(SigningKey.generate(new Random(1)).insecureBytes()).hasSize(32);
  }

  @Test
  void theKeyOfRfc8410IsReadAndWrittenBack() throws MalformedKeyException {
    SigningKey key = Pkcs8.ofPem(PEM);
    assertThat(HexFormat.of().formatHex(key.insecureBytes()))
        .isEqualTo("d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842");
    assertThat(Pkcs8.toPem(key)).isEqualTo(PEM);
    assertThat(Pkcs8.decode(Pkcs8.encode(key)).kid()).isEqualTo(key.kid());
  }

  @Test
  void versionTwoIsReadWhenItsPublicKeyIsTheRightOne() throws MalformedKeyException {
    byte[] der =
        HexFormat.of()
            .parseHex(
                "3051020101300506032b657004220420"
                    + HexFormat.of().formatHex(KEY.insecureBytes())
                    + "812100"
                    + HexFormat.of().formatHex(KEY.publicKey().encoded()));
    assertThat(Pkcs8.decode(der).kid()).isEqualTo(THUMBPRINT);
    der[der.length - 1] ^= 1;
    assertRefused(der);
  }

  @Test
  void anyOtherDerIsRefused() {
    byte[] der = Pkcs8.encode(KEY);
    for (int length = 0; length < der.length; length++) {
      assertRefused(Arrays.copyOf(der, length));
    }
    assertRefused(Arrays.copyOf(der, der.length + 1));
    byte[] x25519 = der.clone();
    x25519[11] = 0x6e;
    assertRefused(x25519);
  }

  private static void assertRefused(byte[] der) {
    assertThatExceptionOfType(MalformedKeyException.class).isThrownBy(() -> Pkcs8.decode(der));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC",
        "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMC4=A\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMC4CAQ==\n-----END PUBLIC KEY-----"
      })
  void anyOtherPemIsRefused(String pem) {
    assertThatExceptionOfType(MalformedKeyException.class).isThrownBy(() -> Pkcs8.ofPem(pem));
  }

  @Test
  void aPublishedSetIsReadBackAndHoldsNoPrivateKey() throws MalformedKeyException {
    JwkSet set = KeyRing.of(KEY).rotatedTo(SigningKey.ofSeed(new byte[32])).published();
    String json = set.toJson();
    assertThat(set.keys()).hasSize(2);
    assertThat(json).contains("\"kid\":\"" + THUMBPRINT + "\"").doesNotContain("\"d\":");
    assertThat(parse(json)).isEqualTo(set);
  }

  @Test
  void aKeyKeepsTheNameItsSetGivesIt() throws MalformedKeyException {
    JwkSet set = parse(setOf(key("\"kid\":\"gw-1\"")));
    assertThat(set.find("gw-1")).map(key -> Base64Url.encode(key.encoded())).contains(X);
    assertThat(set.find(THUMBPRINT)).isEmpty();
  }

  @Test
  void onePrivateOrForeignOrWeakKeyRefusesTheSet() {
    String good = key("\"kid\":\"a\"");
    for (String bad :
        List.of(
            key("\"kid\":\"b\",\"d\":\"" + D + "\""),
            key("\"kid\":\"a\""),
            key("\"use\":\"sig\""),
            key("\"kid\":7"),
            key("\"kid\":\"\""),
            key("\"kid\":\"b\",\"use\":\"enc\""),
            key("\"kid\":\"b\",\"alg\":\"ES256\""),
            key("\"kid\":\"b\",\"key_ops\":[\"sign\"]"),
            key("\"kid\":\"b\"").replace("OKP", "EC"),
            key("\"kid\":\"b\"").replace("Ed25519", "X25519"),
            key("\"kid\":\"b\"").replace("Ed25519", "Ed448"),
            key("\"kid\":\"b\"").replace(X, "AQ" + "A".repeat(41)),
            key("\"kid\":\"b\"").replace(X, X + "="),
            key("\"kid\":\"b\"").replace(X, X.substring(0, 42) + "p"),
            key("\"kid\":\"b\"").replace(X, X.substring(1)),
            "7",
            "null")) {
      assertThatExceptionOfType(MalformedKeyException.class)
          .as(bad)
          .isThrownBy(() -> parse(setOf(good, bad)))
          .withMessageContaining("key 1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}", "{"})
  void whatIsNoSetIsRefused(String text) {
    assertThatExceptionOfType(MalformedKeyException.class).isThrownBy(() -> parse(text));
  }

  @Test
  void twoDifferentKeysCannotShareAName() {
    VerificationKey impostor =
        VerificationKey.named(THUMBPRINT, Fixtures.KEY.publicKey().encoded());
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRing.of(KEY, List.of(impostor)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JwkSet.of(List.of(impostor, KEY.publicKey())));
  }

  private static String key(String more) {
    return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + X + "\"," + more + "}";
  }

  private static String setOf(String... keys) {
    return "{\"keys\":[" + String.join(",", keys) + "]}";
  }

  private static JwkSet parse(String json) throws MalformedKeyException {
    return JwkSet.parse(json.getBytes(StandardCharsets.UTF_8));
  }
}
