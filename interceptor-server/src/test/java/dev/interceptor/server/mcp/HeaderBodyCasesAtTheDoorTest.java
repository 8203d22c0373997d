package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The header and body cases of the external vectors, as far as they are decided before the
/// endpoint and above HTTP; `McpHeaderBodyCasesTest` sends them all.
class HeaderBodyCasesAtTheDoorTest {
  /// Framing, which HTTP itself refuses; a verb; a credential.
  private static final Set<String> ELSEWHERE =
      Set.of(
          "te-in-mcp",
          "name-hdr-obs-fold",
          "name-hdr-nul",
          "http-delete",
          "http-put",
          "gateway-token-from-client");

  private static final HostRules RULES =
      new HostRules(
          new McpSettings(
              Set.of(),
              McpSettings.origins("https://gateway.test"),
              McpSettings.publicUrl("https://gateway.test"),
              List.of()),
          "127.0.0.1");

  @Test
  void eachCaseIsAcceptedOrRefusedAsMarked() throws IOException {
    assumeTrue(HeaderBodyCase.arePresent(), "the external vectors are not here");
    int accepted = 0;
    int refused = 0;
    for (HeaderBodyCase row : HeaderBodyCase.all()) {
      if (ELSEWHERE.contains(row.id())) {
        continue;
      }
      Optional<RefusedMessage> refusal = refusal(row);
      assertThat(row.allows(refusal.map(found -> found.error().status()).orElse(200)))
          .as("%s: %s", row, refusal)
          .isTrue();
      row.code()
          .ifPresent(code ->
              assertThat(refusal.orElseThrow().error().code()).as(row.id()).isEqualTo(code));
      accepted += refusal.isEmpty() ? 1 : 0;
      refused += refusal.isEmpty() ? 0 : 1;
    }
    assertThat(accepted).isEqualTo(6);
    assertThat(refused).isEqualTo(43);
  }

  private static Optional<RefusedMessage> refusal(HeaderBodyCase row) {
    Lines headers =
        row.headers().all("Host").isEmpty()
            ? row.headers().with("Host", "127.0.0.1:8080")
            : row.headers();
    try {
      RULES.check(headers);
      Inbound inbound = Posts.accept(row.body(), headers);
      assertThat(inbound).as(row.id()).isInstanceOf(Inbound.Modern.class);
      return Optional.empty();
    } catch (RefusedMessage refused) {
      return Optional.of(refused);
    }
  }
}
