package dev.interceptor.server.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.server.audit.CheckpointKey;
import dev.interceptor.server.audit.ReceiptFile;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.KeyRole;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What an agent can keep of a decision. SPEC §9.
class ReceiptTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DevStack stack = SharedStack.get();
  private final HttpClient http = HttpClient.newHttpClient();
  private final NoteKey key = CheckpointKey.read(stack.config().audit().checkpoints()).verifier();

  private HttpResponse<String> get(String decisionId, String apiKey)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/decisions/" + decisionId))
            .header("X-API-Key", apiKey)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String decide(String tool) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/execute"))
                .header("Content-Type", "application/json")
                .header("X-API-Key", stack.apiKey())
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"session_id\":\"%s\",\"tool_name\":\"%s\"}"
                            .formatted(UUID.randomUUID(), tool)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(answer.body()).path("decision_id").asText();
  }

  private static boolean isProven(String receipt, NoteKey... keys) {
    return ReceiptFile.verify(receipt.getBytes(StandardCharsets.UTF_8), List.of(keys)).isPresent();
  }

  @Test
  void aDecisionIsProvenToItsAgentWithoutTheServer() throws IOException, InterruptedException {
    String decision = decide("list_customers");
    HttpResponse<String> answer = get(decision, stack.apiKey());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode receipt = JSON.readTree(answer.body());
    assertThat(receipt.path("decision").path("decision_id").asText()).isEqualTo(decision);
    assertThat(receipt.path("decision").path("tool").asText()).isEqualTo("list_customers");
    assertThat(receipt.path("decision").path("outcome").asText()).isEqualTo("permit");
    assertThat(receipt.path("proof").asText())
        .startsWith("c2sp.org/tlog-proof@v1\nindex " + receipt.path("log_index").asText() + "\n");
    assertThat(receipt.path("verifier_key").asText()).isEqualTo(key.toString());
    assertThat(isProven(answer.body(), key)).isTrue();
    assertThat(get(decision, stack.apiKey()).body()).isEqualTo(answer.body());
  }

  @Test
  void aDenialHasAReceiptToo() throws IOException, InterruptedException {
    HttpResponse<String> answer = get(decide("no_such_tool"), stack.apiKey());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(isProven(answer.body(), key)).isTrue();
  }

  @Test
  void aReceiptThatWasChangedProvesNothing() throws IOException, InterruptedException {
    String good = get(decide("list_customers"), stack.apiKey()).body();
    ObjectNode other = (ObjectNode) JSON.readTree(good);
    other.withObject("/decision").put("tool", "send_email");
    assertThat(isProven(other.toString(), key)).isFalse();
    ObjectNode place = (ObjectNode) JSON.readTree(good);
    place.put("log_index", place.path("log_index").asLong() + 1);
    assertThat(isProven(place.toString(), key)).isFalse();
    NoteKey stranger =
        NoteKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
            .orElseThrow();
    assertThat(isProven(good, stranger)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> isProven("{}", key));
    assertThatIllegalArgumentException().isThrownBy(() -> isProven("no JSON", key));
  }

  @Test
  void aDecisionOfAnotherCustomerOrNoneIsNotFound() throws IOException, InterruptedException {
    String decision = decide("list_customers");
    assertThat(get(decision, SharedStack.key("stranger", KeyRole.AGENT)).statusCode())
        .isEqualTo(404);
    for (String id : new String[] {UUID.randomUUID().toString(), "x", decision + "0", "%00"}) {
      assertThat(get(id, stack.apiKey()).statusCode()).isIn(400, 404);
    }
    assertThat(get(decision, "ik_aaaaaaaa_" + "a".repeat(32)).statusCode()).isEqualTo(401);
  }
}
