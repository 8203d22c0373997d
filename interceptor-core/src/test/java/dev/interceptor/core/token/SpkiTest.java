package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpkiTest {
  /// RFC 8410 §10.1 and the private key that belongs to it, §10.3.
  private static final String PEM =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
      -----END PUBLIC KEY-----
      """;

  private static final byte[] SEED =
      HexFormat.of().parseHex("d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842");

  @Test
  void theKeyOfRfc8410IsReadUnderItsThumbprintAndWrittenBack() throws MalformedKeyException {
    VerificationKey key = Spki.ofPem(PEM);
    assertThat(key).isEqualTo(SigningKey.ofSeed(SEED).publicKey());
    assertThat(Spki.toPem(key)).isEqualTo(PEM);
  }

  @Test
  void anyOtherDerIsRefused() throws MalformedKeyException {
    byte[] der = Spki.encode(Spki.ofPem(PEM));
    for (int length = 0; length < der.length; length++) {
      assertRefused(Arrays.copyOf(der, length));
    }
    assertRefused(Arrays.copyOf(der, der.length + 1));
    byte[] x25519 = der.clone();
    x25519[8] = 0x6e;
    assertRefused(x25519);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000"
      })
  void aKeyOfSmallOrderOrNotCanonicalOrNotOnTheCurveIsRefused(String key) {
    assertRefused(HexFormat.of().parseHex("302a300506032b6570032100" + key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "PRIVATE KEY",
        "-----BEGIN PUBLIC KEY-----\nMCow\n",
        "-----BEGIN PUBLIC KEY-----\n=\n-----END PUBLIC KEY-----\n"
      })
  void aTextThatIsNotOneBlockIsRefused(String text) {
    assertThatExceptionOfType(MalformedKeyException.class).isThrownBy(() -> Spki.ofPem(text));
    assertThatExceptionOfType(MalformedKeyException.class).isThrownBy(() -> Spki.ofPem(PEM + PEM));
  }

  private static void assertRefused(byte[] der) {
    assertThatExceptionOfType(MalformedKeyException.class).isThrownBy(() -> Spki.decode(der));
  }
}
