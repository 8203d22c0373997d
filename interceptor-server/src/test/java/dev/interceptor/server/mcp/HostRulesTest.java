package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRulesTest {
  private static final HostRules RULES =
      new HostRules(
          new McpSettings(
              McpSettings.hosts("gateway.test, inner.test:8443, [2001:db8::1]"),
              McpSettings.origins("https://gateway.test, HTTPS://App.Test:443, app://page"),
              McpSettings.publicUrl("https://public.test"),
              List.of()),
          "10.1.2.3");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:3000",
        "LOCALHOST:1",
        "127.0.0.1:65535",
        "[::1]:8080",
        "[::1]",
        "gateway.test",
        "Gateway.Test:9999",
        "inner.test:8443",
        "public.test",
        "public.test:443",
        "10.1.2.3:8080",
        "[2001:DB8::1]:80"
      })
  void knownHostsAreAcceptedInEitherCase(String host) {
    assertThatCode(() -> RULES.check(Lines.of("Host", host))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evil.test",
        "gateway.test.evil.test",
        "evilgateway.test",
        "sub.gateway.test",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "gateway.test.",
        "localhost.",
        "gateway.test:",
        "gateway.test:0",
        "gateway.test:080",
        "gateway.test:99999",
        "gateway.test:65536",
        "gateway.test:8x",
        "gateway.test:80:80",
        "inner.test",
        "inner.test:8444",
        "localhost:80@evil.test",
        "user@localhost",
        "gateway.test/evil",
        "gateway.test#",
        "gateway.test?",
        "gateway.test\\",
        "gateway.test, evil.test",
        "gateway.test evil.test",
        " gateway.test",
        "ｌocalhost",
        "gatewаy.test",
        "gateway。test",
        "gateway.test\u0000",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "0.0.0.0",
        "0177.0.0.1",
        "127.0.0.1.",
        "::1",
        "[::1%25lo]",
        "[::1%lo]",
        "[::1",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "http://localhost"
      })
  void otherHostsAndOtherSpellingsAreRefused(String host) {
    assertForbidden(Lines.of("Host", host));
  }

  @Test
  void thereIsExactlyOneHost() {
    assertForbidden(Lines.of());
    assertForbidden(Lines.of("Host", "localhost", "Host", "localhost"));
    assertForbidden(Lines.of("Host", "localhost", "Host", "evil.test"));
  }

  @Test
  void aListenerOnAllAddressesAddsNone() {
    for (String all : List.of("0.0.0.0", "::")) {
      var rules = new HostRules(McpSettings.DEFAULT, all);
      assertThat(
              catchThrowableOfType(
                  RefusedMessage.class, () -> rules.check(Lines.of("Host", "0.0.0.0:8080"))))
          .isNotNull();
      assertThatCode(() -> rules.check(Lines.of("Host", "localhost"))).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost",
        "http://localhost:6274",
        "https://127.0.0.1:8443",
        "http://[::1]:3000",
        "https://gateway.test",
        "https://app.test",
        "app://page"
      })
  void pagesOfLoopbackAndListedOnesMayCall(String origin) {
    assertThatCode(() -> RULES.check(Lines.of("Host", "localhost", "Origin", origin)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "*",
        "http://evil.test",
        "http://gateway.test",
        "https://gateway.test:8443",
        "https://gateway.test:443",
        "HTTPS://GATEWAY.TEST",
        "https://gateway.test/",
        "https://gateway.test.",
        "https://gateway.test.evil.test",
        "https://gateway.test, https://evil.test",
        "https://gateway.test https://evil.test",
        "http://localhost.evil.test",
        "http://localhost@evil.test",
        "http://user@localhost",
        "http://localhost:80",
        "http://localhost:99999",
        "http://127.0.0.1.evil.test",
        "http://127.1",
        "file://localhost",
        "app://localhost",
        "chrome-extension://localhost",
        "https://public.test",
        "localhost",
        "//localhost",
        "://localhost",
        "http:/localhost",
        "http://",
        "http://ｌocalhost"
      })
  void otherPagesMayNot(String origin) {
    assertForbidden(Lines.of("Host", "localhost", "Origin", origin));
  }

  @Test
  void severalOriginsAreRefusedEvenIfEachIsAccepted() {
    assertForbidden(
        Lines.of(
            "Host", "localhost", "Origin", "http://localhost", "Origin", "https://gateway.test"));
  }

  @Test
  void aRefusalNamesTheSettingAndRepeatsNothing() {
    RefusedMessage refused =
        catchThrowableOfType(
            RefusedMessage.class, () -> RULES.check(Lines.of("Host", "evil.test")));
    assertThat(refused.error().message()).contains("mcp.allowed-hosts").doesNotContain("evil");
    assertThat(refused.body().has("id")).isFalse();
  }

  private static void assertForbidden(Lines headers) {
    RefusedMessage refused = catchThrowableOfType(RefusedMessage.class, () -> RULES.check(headers));
    assertThat(refused).as(headers.toString()).isNotNull();
    assertThat(refused.error().status()).isEqualTo(403);
  }
}
