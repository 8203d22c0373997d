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
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The wire of `/proxy`, field by field and code by code. SPEC §3, §4.
class ProxyEndpointTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final DevStack stack = SharedStack.get();
  private final HttpClient http = HttpClient.newHttpClient();

  private record Reply(int status, String mediaType, JsonNode body) {
    String text(String member) {
      return body.path(member).asText("(absent)");
    }
  }

  private Reply execute(String json) throws IOException, InterruptedException {
    return post("/proxy/execute", json, "application/json", "X-API-Key", stack.apiKey());
  }

  private Reply post(String path, String body, String type, String header, String value)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(stack.url() + path))
                .header("Content-Type", type)
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Reply(
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse(""),
        JSON.readTree(response.body()));
  }

  private static String fresh() {
    return UUID.randomUUID().toString();
  }

  @Test
  void anAllowedCallAnswersTheToolsResultAndTheTagsOfTheSession()
      throws IOException, InterruptedException {
    String session = fresh();
    Reply reply =
        execute(
            "{\"session_id\":\"%s\",\"tool_name\":\"read_customer\",\"args\":{\"id\":\"c-1001\"}}"
                .formatted(session));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("decision")).isEqualTo("allow");
    assertThat(reply.text("session_id")).isEqualTo(session);
    assertThat(reply.text("decision_id")).hasSize(36);
    assertThat(reply.text("request_id")).hasSize(32);
    assertThat(reply.body().at("/result/structuredContent/id").asText()).isEqualTo("c-1001");
    assertThat(reply.body().path("taints")).hasToString("[\"pii\"]");
  }

  @Test
  void aDenialIsAProblemWithTheRulesTextAndAStableReason()
      throws IOException, InterruptedException {
    Reply reply = execute("{\"tool_name\":\"run_shell\",\"args\":{\"command\":\"id\"}}");
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.mediaType()).isEqualTo("application/problem+json");
    assertThat(reply.text("code")).isEqualTo("POLICY_DENIED");
    assertThat(reply.text("reason")).isEqualTo("TOOL_DENIED");
    assertThat(reply.text("decision_id")).hasSize(36);
    assertThat(reply.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "type", "title", "status", "code", "detail", "request_id", "decision_id", "reason");
  }

  @Test
  void callsWithoutASessionShareTheKeysDefaultSession() throws IOException, InterruptedException {
    Reply first = execute("{\"tool_name\":\"list_customers\"}");
    Reply second = execute("{\"tool_name\":\"list_customers\",\"session_id\":null,\"args\":null}");
    assertThat(first.text("session_id")).isEqualTo(second.text("session_id"));
    assertThat(second.status()).isEqualTo(200);
  }

  @Test
  void aSanitizerTakesItsTagAwayOnceItHasAnswered() throws IOException, InterruptedException {
    String session = "\"session_id\":\"" + fresh() + "\",";
    execute("{" + session + "\"tool_name\":\"read_customer\",\"args\":{\"id\":\"c-1001\"}}");
    Reply redacted = execute("{" + session + "\"tool_name\":\"redact\",\"args\":{\"text\":\"x\"}}");
    assertThat(redacted.body().path("taints")).hasToString("[]");
    Reply mail =
        execute(
            "{"
                + session
                + "\"tool_name\":\"send_email\",\"args\":{\"to\":[\"a@elsewhere.example\"],\"subject\":\"s\",\"body\":\"b\"}}");
    assertThat(mail.status()).isEqualTo(200);
  }

  @Test
  void aTokenThatMayStillFetchTheDataKeepsTheTag() throws IOException, InterruptedException {
    String session = "\"session_id\":\"" + fresh() + "\",";
    Reply issued =
        post(
            "/proxy/authorize",
            "{" + session + "\"tool_name\":\"read_customer\",\"args\":{\"id\":\"c-1001\"}}",
            "application/json",
            "X-API-Key",
            stack.apiKey());
    assertThat(issued.status()).isEqualTo(200);
    Reply redacted = execute("{" + session + "\"tool_name\":\"redact\",\"args\":{\"text\":\"x\"}}");
    assertThat(redacted.status()).isEqualTo(200);
    assertThat(redacted.body().path("taints")).hasToString("[\"pii\"]");
  }

  @Test
  void authorizeAnswersATokenAndForwardsNothing() throws IOException, InterruptedException {
    long before = stack.executedCalls();
    Reply reply =
        post(
            "/proxy/authorize",
            "{\"session_id\":\"" + fresh() + "\",\"tool_name\":\"list_customers\"}",
            "application/json",
            "Authorization",
            "Bearer " + stack.apiKey());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("aud")).isEqualTo(stack.toolServerUrl());
    assertThat(reply.text("expires_at")).endsWith("Z");
    JsonNode claims =
        JSON.readTree(Base64.getUrlDecoder().decode(reply.text("token").split("\\.", -1)[1]));
    assertThat(claims.path("scope").asText()).isEqualTo("tool:list_customers");
    assertThat(claims.path("decision").asText()).isEqualTo(reply.text("decision_id"));
    assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(5);
    assertThat(stack.executedCalls()).isEqualTo(before);
  }

  @Test
  void toolsListsWhatThePolicyMayEverPermit() throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/tools"))
                .header("X-Sentinel-Key", stack.apiKey())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode tools = JSON.readTree(response.body()).path("tools");
    assertThat(tools.findValuesAsText("name")).contains("send_email").doesNotContain("run_shell");
    assertThat(tools.get(0).path("inputSchema").path("type").asText()).isEqualTo("object");
    assertThat(tools.get(0).path("upstream").asText()).isEqualTo("demo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|`tool_name` is missing: write the name of the tool to call",
        "{\"tool_name\":null}|`tool_name` is missing: write the name of the tool to call",
        "{\"tool_name\":7}|`tool_name` is not a string",
        "{\"tool_name\":\"\"}|`tool_name`: tool name is not 1-128 of A-Z a-z 0-9 _ . / -",
        "{\"tool_name\":\"t\",\"args\":[]}|`args` is not an object: write {\"name\": value, …}",
        "{\"tool_name\":\"t\",\"session_id\":\"\"}|`session_id`: session id is not 1-128 visible ASCII characters",
        "{\"tool_name\":\"t\",\"session_id\":5}|`session_id` is not a string",
        "{\"tool_name\":\"t\",\"upstream\":\"No_Such\"}|`upstream`: upstream name is not 1-32 of a-z 0-9 -",
        "{\"tool_name\":\"t\",\"user_prompt\":{}}|`user_prompt` is not a string",
        "{\"tool_name\":\"t\",\"arguments\":{}}|unknown member `arguments`: write one of session_id, tool_name, args, upstream, user_prompt",
      })
  void aFaultOfTheRequestIsNamed(String body, String detail)
      throws IOException, InterruptedException {
    Reply reply = execute(body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("code")).isEqualTo("MALFORMED_REQUEST");
    assertThat(reply.text("detail")).isEqualTo(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"tool_name\":\"t\",\"tool_name\":\"u\"}",
        "{\"tool_name\":\"t\",\"args\":{\"n\":9007199254740993}}",
        "{\"tool_name\":\"t\",\"args\":{\"s\":\"\\ud800\"}}",
        "{\"tool_name\":\"t\"} x"
      })
  void jsonThatTwoParsersCouldReadDifferentlyIsRefused(String body)
      throws IOException, InterruptedException {
    Reply reply = execute(body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("detail")).startsWith("the body is not acceptable JSON: ");
  }

  @Test
  void anUnknownUpstreamIsNotFound() throws IOException, InterruptedException {
    Reply reply = execute("{\"tool_name\":\"t\",\"upstream\":\"nowhere\"}");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text("code")).isEqualTo("UNKNOWN_UPSTREAM");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ik_abcdefgh_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x", "' or 1=1 --"})
  void aCredentialThatIsNotAcceptedAlwaysGetsTheSameAnswer(String key)
      throws IOException, InterruptedException {
    Reply reply = post("/proxy/execute", "{not even JSON", "application/json", "X-API-Key", key);
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.text("code")).isEqualTo("UNAUTHENTICATED");
    assertThat(reply.text("detail")).isEqualTo("the credential is missing or not accepted");
  }

  @Test
  void anOperatorsKeyOpensNoTool() throws IOException, InterruptedException {
    Reply reply =
        post(
            "/proxy/execute",
            "{\"tool_name\":\"list_customers\"}",
            "application/json",
            "X-API-Key",
            stack.adminKey());
    assertThat(reply.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16"
      })
  void anotherMediaTypeIsRefused(String type) throws IOException, InterruptedException {
    Reply reply =
        post("/proxy/execute", "{\"tool_name\":\"t\"}", type, "X-API-Key", stack.apiKey());
    assertThat(reply.status()).isEqualTo(415);
    assertThat(reply.text("code")).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
  }

  @Test
  void aBodyOverTheLimitIsRefused() throws IOException, InterruptedException {
    Reply reply =
        execute("{\"tool_name\":\"t\",\"args\":{\"s\":\"" + "x".repeat(2 * 1024 * 1024) + "\"}}");
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.text("code")).isEqualTo("PAYLOAD_TOO_LARGE");
  }

  @Test
  void anAddressWithNothingBehindItIsAProblemToo() throws IOException, InterruptedException {
    Reply reply = post("/nowhere", "{}", "application/json", "X-API-Key", stack.apiKey());
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text("code")).isEqualTo("NOT_FOUND");
  }
}
