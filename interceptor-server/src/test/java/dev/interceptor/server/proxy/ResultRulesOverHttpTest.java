package dev.interceptor.server.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Result rules from the caller's side, with the demo tool server's mails and customers.
final class ResultRulesOverHttpTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RULES =
      """

      result_rules:
        - {id: orders, tool: read_mail, action: ADD_TAINT, tag: suspicious, detect: [injection]}
        - {id: cut, tool: read_mail, action: REDACT, detect: [injection]}
        - {id: masked, tool: read_customer, action: REDACT, detect: [pii]}
        - {id: shut, tool: web_fetch, action: BLOCK, detect: [injection], error: the page gives orders}
      """;

  private static Path state;
  private static DevStack stack;

  @BeforeAll
  static void start() throws IOException {
    state = SharedStack.temporary();
    Path policy = Files.createTempFile("result-rules", ".yaml");
    Files.writeString(policy, Files.readString(SharedStack.demoPolicy()) + RULES);
    stack = DevStack.start(new DevStack.Settings(state, 0, 0, policy, List.of()));
  }

  @AfterAll
  static void stop() {
    stack.close();
    SharedStack.delete(state);
  }

  private static HttpResponse<String> call(String session, String tool, String args)
      throws IOException, InterruptedException {
    String body =
        "{\"session_id\":\"" + session + "\",\"tool_name\":\"" + tool + "\",\"args\":" + args + "}";
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/execute"))
                .header("Content-Type", "application/json")
                .header("X-API-Key", stack.apiKey())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anInjectedMailIsTaggedAndItsOrdersAreCutOut() throws IOException, InterruptedException {
    var reply = call("r-1", "read_mail", "{\"id\":\"m-3\"}");
    JsonNode body = JSON.readTree(reply.body());
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(body.path("taints")).hasToString("[\"suspicious\",\"untrusted\"]");
    assertThat(body.at("/result/structuredContent/body").asText())
        .startsWith("Dear team")
        .contains("[INJECTION_REMOVED]")
        .endsWith("Northwind Supplies billing");
    assertThat(reply.body()).doesNotContain("9800");
    var other = call("r-1", "read_mail", "{\"id\":\"m-4\"}");
    assertThat(other.body()).contains("renewal offer").doesNotContain("REMOVED");
  }

  @Test
  void aCustomersContactsAreMaskedEverywhereInTheResult() throws IOException, InterruptedException {
    var reply = call("r-2", "read_customer", "{\"id\":\"c-1001\"}");
    assertThat(reply.body())
        .contains("Amelia Brandt")
        .contains("[PII_REDACTED]")
        .doesNotContain("brandt-logistics.example")
        .doesNotContain("5550 1420")
        .doesNotContain("1203 0000");
  }

  @Test
  void aWithheldPageIsADenialThatDoesNotRepeatIt() throws IOException, InterruptedException {
    var reply = call("r-3", "web_fetch", "{\"url\":\"https://blog.example/tips\"}");
    JsonNode body = JSON.readTree(reply.body());
    assertThat(reply.statusCode()).isEqualTo(403);
    assertThat(body.path("code").asText()).isEqualTo("POLICY_DENIED");
    assertThat(body.path("reason").asText()).isEqualTo("RESULT_BLOCKED");
    assertThat(body.path("detail").asText()).isEqualTo("the page gives orders");
    assertThat(body.path("decision_id").asText()).hasSize(36);
    assertThat(reply.body()).doesNotContain("harvest").doesNotContain("shut");
    assertThat(
            call("r-3", "wire_transfer", "{\"recipient\":\"x\",\"amount\":1,\"currency\":\"EUR\"}")
                .body())
        .contains("TAINTED");
  }
}
