package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyHeadersTest {
  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2025-06-18", "2025-03-26", " 2025-03-26\t"})
  void theVersionsWithSessionsAreSupported(String version) throws Exception {
    assertThat(LegacyHeaders.of(Lines.of("mcp-protocol-version", version)).version())
        .map(LegacyVersion::text)
        .contains(version.strip());
  }

  @Test
  void withoutHeadersThereIsNeitherVersionNorSession() throws Exception {
    LegacyHeaders none = LegacyHeaders.of(Lines.of());
    assertThat(none.version()).isEmpty();
    assertThat(none.session()).isEmpty();
    assertThat(LegacyVersion.UNSPOKEN.text()).isEqualTo("2025-03-26");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2024-11-05", "2025-11-25, 2025-11-25", "latest"})
  void otherVersionsAreRefused(String version) {
    assertRefused(Lines.of("MCP-Protocol-Version", version));
  }

  @Test
  void initializeNegotiatesItsVersionElsewhere() throws Exception {
    assertThat(LegacyHeaders.ofInitialize(Lines.of("MCP-Protocol-Version", "2024-11-05")).version())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "ä", "a\u0000", "a\u007f"})
  void aSessionIdIsVisibleAscii(String session) {
    assertRefused(Lines.of("Mcp-Session-Id", session));
  }

  @Test
  void aSessionIdHasAtMost256Characters() throws Exception {
    assertThat(LegacyHeaders.of(Lines.of("Mcp-Session-Id", "x".repeat(256))).session())
        .contains("x".repeat(256));
    assertRefused(Lines.of("Mcp-Session-Id", "x".repeat(257)));
  }

  @Test
  void neitherHeaderMayStandThereTwice() {
    assertRefused(Lines.of("Mcp-Session-Id", "a", "MCP-Session-Id", "a"));
    assertRefused(
        Lines.of("MCP-Protocol-Version", "2025-11-25", "MCP-Protocol-Version", "2025-11-25"));
  }

  @Test
  void aHeaderWithAModernVersionTellsTheEraOfARequestWithoutABody() {
    assertThat(Era.ofHeader(Lines.of("MCP-Protocol-Version", "2026-07-28"))).isEqualTo(Era.MODERN);
    assertThat(Era.ofHeader(Lines.of("MCP-Protocol-Version", "2099-01-01"))).isEqualTo(Era.MODERN);
    assertThat(Era.ofHeader(Lines.of("MCP-Protocol-Version", "2025-11-25"))).isEqualTo(Era.LEGACY);
    assertThat(Era.ofHeader(Lines.of("MCP-Protocol-Version", "zzzz"))).isEqualTo(Era.LEGACY);
    assertThat(Era.ofHeader(Lines.of())).isEqualTo(Era.LEGACY);
  }

  private static void assertRefused(Lines headers) {
    RefusedMessage refused =
        catchThrowableOfType(RefusedMessage.class, () -> LegacyHeaders.of(headers));
    assertThat(refused).isNotNull();
    assertThat(refused.error().status()).isEqualTo(400);
    assertThat(refused.body().has("id")).isFalse();
  }
}
