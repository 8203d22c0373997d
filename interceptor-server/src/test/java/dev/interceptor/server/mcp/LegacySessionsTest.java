package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.KeyRole;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The life of a session of MCP 2025-11-25 and before: `initialize`, requests, `DELETE`. MCP, basic
/// transports.
class LegacySessionsTest {
  private final DevStack stack = SharedStack.get();
  private final McpWire client = client(stack.apiKey());

  private McpWire client(String key) {
    return new McpWire(stack.url() + "/mcp", key, Optional.of("legacy-sessions"));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @ParameterizedTest
  @CsvSource({
    "2025-11-25,2025-11-25",
    "2025-06-18,2025-06-18",
    "2025-03-26,2025-03-26",
    "2026-07-28,2025-11-25",
    "2024-11-05,2025-11-25",
    "nonsense,2025-11-25"
  })
  void theVersionIsTheClientsIfItIsKnownAndElseTheLatest(String asked, String answered)
      throws IOException, InterruptedException {
    McpWire.Answer answer = client.initialize(asked);
    assertThat(answer.result().path("protocolVersion").asText()).isEqualTo(answered);
    assertThat(answer.session()).isPresent();
  }

  @Test
  void onlyToolsAreAdvertisedUnlessAnUpstreamExposesMore()
      throws IOException, InterruptedException {
    JsonNode result = client.initialize("2025-11-25").result();
    assertThat(result.path("capabilities")).hasToString("{\"tools\":{}}");
    assertThat(client.legacy("resources/list", "").error().path("code").asInt()).isEqualTo(-32601);
    assertThat(client.legacy("prompts/get", "\"name\":\"x\"").error().path("code").asInt())
        .isEqualTo(-32601);
    assertThat(client.legacy("tasks/list", "").error().path("code").asInt()).isEqualTo(-32601);
    assertThat(client.legacy("ping", "").result()).hasToString("{}");
  }

  @Test
  void resultsCarryNothingThatOnlyModernClientsKnow() throws IOException, InterruptedException {
    client.initialize("2025-11-25");
    JsonNode result = client.legacyCall("list_customers", "{}").result();
    assertThat(result.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("content", "isError", "structuredContent", "_meta");
  }

  @Test
  void theFirstVersionKnowsNoStructuredContent() throws IOException, InterruptedException {
    client.initialize("2025-03-26");
    JsonNode result = client.legacyCall("list_customers", "{}").result();
    assertThat(result.has("structuredContent")).isFalse();
  }

  @Test
  void aRequestOutsideASessionIsRefusedAndOneInAnUnknownOneHasToBeginAgain()
      throws IOException, InterruptedException {
    assertThat(client.legacy("tools/list", "").status()).isEqualTo(400);
    client.initialize("2025-11-25");
    assertThat(client.status("DELETE")).isEqualTo(200);
    assertThat(client.legacy("tools/list", "").status()).isEqualTo(404);
    assertThat(client.status("DELETE")).isEqualTo(404);
  }

  @Test
  void aSessionBelongsToTheKeyThatOpenedIt() throws IOException, InterruptedException {
    McpWire.Answer opened = client.initialize("2025-11-25");
    try (McpWire other = client(SharedStack.key("demo", KeyRole.AGENT))) {
      McpWire.Answer stolen = other.inForeignSession(opened.session().orElseThrow(), "tools/list");
      assertThat(stolen.status()).isEqualTo(404);
    }
    assertThat(client.legacy("tools/list", "").status()).isEqualTo(200);
  }

  @Test
  void batchesAreForSessionsOfTheVersionThatHasThem() throws IOException, InterruptedException {
    String batch =
        """
        [{"jsonrpc":"2.0","id":"a","method":"ping"},
         {"jsonrpc":"2.0","method":"notifications/progress","params":{}},
         {"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"list_customers"}}]\
        """;
    client.initialize("2025-03-26");
    McpWire.Answer answer = client.post(batch);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.messages()).hasSize(2);
    assertThat(answer.messages().get(0).path("id").asText()).isEqualTo("a");
    assertThat(answer.last().at("/result/content/0/text").asText()).contains("Brandt");
    client.initialize("2025-06-18");
    assertThat(client.post(batch).status()).isEqualTo(400);
  }

  @Test
  void thereAreNoNewsUnlessAnUpstreamExposesSubscriptions()
      throws IOException, InterruptedException {
    client.initialize("2025-11-25");
    assertThat(client.status("GET")).isEqualTo(405);
    assertThat(client.status("PUT")).isEqualTo(405);
  }
}
