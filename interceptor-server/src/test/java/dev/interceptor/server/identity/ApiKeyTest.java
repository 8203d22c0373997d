package dev.interceptor.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiKeyTest {
  private static final String KEY = "ik_abcd1234_abcdefghijklmnopqrstuvwxyz234567";

  @Test
  void aGeneratedKeyHasTheFormOfTheSpecification() {
    String text = text(ApiKey.generate(new Random(1)));
    assertThat(text).matches("ik_[a-z0-9]{8}_[a-z2-7]{32}");
    assertThat(ApiKey.parse(text)).isPresent();
  }

  @Test
  void theIdIsThePublicPart() {
    assertThat(ApiKey.parse(KEY).orElseThrow().id().value()).isEqualTo("abcd1234");
  }

  @Test
  void aKeyPrintsAsRedacted() {
    ApiKey key = ApiKey.generate(new Random(1));
    assertThat(key.toString()).contains(key.id().value()).doesNotContain(text(key).substring(12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ik_",
        "ik_abcd1234_",
        " ik_abcd1234_abcdefghijklmnopqrstuvwxyz234567",
        "ik_abcd1234_abcdefghijklmnopqrstuvwxyz234567 ",
        "ik_abcd1234_abcdefghijklmnopqrstuvwxyz234567\n",
        "IK_abcd1234_abcdefghijklmnopqrstuvwxyz234567",
        "ik_ABCD1234_abcdefghijklmnopqrstuvwxyz234567",
        "ik_abcd1234_ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "ik_abcd1234_abcdefghijklmnopqrstuvwxyz23456",
        "ik_abcd1234_abcdefghijklmnopqrstuvwxyz2345677",
        "ik_abcd1234_abcdefghijklmnopqrstuvwxyz234561",
        "ik-abcd1234-abcdefghijklmnopqrstuvwxyz234567"
      })
  void whatIsNotExactlyAKeyIsNoKey(String text) {
    assertThat(ApiKey.parse(text)).isEmpty();
  }

  private static String text(ApiKey key) {
    return new String(key.insecureBytes(), StandardCharsets.US_ASCII);
  }
}
