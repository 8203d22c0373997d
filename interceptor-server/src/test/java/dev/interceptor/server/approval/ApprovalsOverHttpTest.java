package dev.interceptor.server.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asked at `/proxy/execute`, decided at `/admin/api/v1/approvals`, run by the demo tool server.
final class ApprovalsOverHttpTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POLICY =
      """
      version: 1
      name: approvals
      static_rules: {wire_transfer: REQUIRE_APPROVAL, list_customers: ALLOW}
      """;
  private static final String WIRE =
      """
      {"recipient":"DE89370400440532013000","amount":12.5,"currency":"EUR"}\
      """;

  @TempDir private static Path folder;

  private static DevStack stack;
  private static Wiring server;
  private static String operator;
  private static String viewer;
  private static String stranger;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String session = UUID.randomUUID().toString();

  private record Reply(int status, JsonNode body) {
    String text(String member) {
      return body.path(member).asText("(absent)");
    }
  }

  @BeforeAll
  static void start() throws IOException {
    stack = SharedStack.get();
    var upstreams = new ArrayList<>(stack.config().upstreams());
    UpstreamConfig demo = upstreams.getFirst();
    upstreams.add(
        new UpstreamConfig(
            new UpstreamName("twin"),
            demo.target(),
            Audience.of(URI.create("http://127.0.0.1:1/twin")),
            demo.timeout(),
            demo.maxAnswerBytes(),
            demo.maxConnections(),
            demo.exposed(),
            demo.pinning(),
            demo.toolsMaxAge()));
    server = SharedStack.another(folder, POLICY, upstreams);
    operator = SharedStack.key("demo", KeyRole.OPERATOR);
    viewer = SharedStack.key("demo", KeyRole.VIEWER);
    stranger = SharedStack.key("stranger", KeyRole.AGENT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private Reply send(String method, String url, String key, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .header("X-API-Key", key)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), JSON.readTree(response.body()));
  }

  private Reply wire(String key, String upstream, String arguments)
      throws IOException, InterruptedException {
    return send(
        "POST",
        server.url() + "/proxy/execute",
        key,
        "{\"session_id\":\"%s\",\"tool_name\":\"wire_transfer\",\"upstream\":\"%s\",\"args\":%s}"
            .formatted(session, upstream, arguments));
  }

  private Reply wire(String arguments) throws IOException, InterruptedException {
    return wire(stack.apiKey(), "demo", arguments);
  }

  private Reply admin(String method, String path, String key, String body)
      throws IOException, InterruptedException {
    return send(method, server.adminUrl() + "/admin/api/v1/approvals" + path, key, body);
  }

  private static void assertWaiting(Reply reply) {
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text("code")).isEqualTo("APPROVAL_REQUIRED");
    assertThat(reply.text("reason")).isEqualTo("APPROVAL_REQUIRED");
  }

  @Test
  void anApprovedCallRunsOnceAndNoOtherCallDoes() throws IOException, InterruptedException {
    Reply asked = wire(WIRE);
    assertWaiting(asked);
    assertThat(asked.text("approval_id")).isEqualTo(asked.text("decision_id"));
    String id = asked.text("approval_id");
    assertThat(wire(WIRE).text("approval_id")).isEqualTo(id);

    Reply approved = admin("POST", "/" + id + "/approve", operator, "{\"valid_for\":\"5m\"}");
    assertThat(approved.status()).isEqualTo(200);
    assertThat(approved.text("state")).isEqualTo("approved");
    assertThat(approved.text("decided_by")).isEqualTo("key " + operator.substring(3, 11));

    assertWaiting(wire(stranger, "demo", WIRE));
    assertWaiting(wire(stack.apiKey(), "twin", WIRE));
    assertWaiting(wire(WIRE.replace("12.5", "12.51")));
    Reply passed = wire(WIRE.replace("12.5", "1.250e1"));
    assertThat(passed.status()).as("%s", passed.body()).isEqualTo(200);
    assertWaiting(wire(WIRE));
    assertThat(stack.unrecordedCalls()).isZero();

    Reply late = admin("POST", "/" + id + "/approve", operator, "{}");
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.text("code")).isEqualTo("APPROVAL_CLOSED");
    assertThat(late.text("detail")).isEqualTo("it has been used");
  }

  @Test
  void theArgumentsAreForThoseWhoDecideAndTheirDigestForThoseWhoLook()
      throws IOException, InterruptedException {
    String id = wire(WIRE).text("approval_id");
    Reply shown = admin("GET", "/" + id, operator, "");
    assertThat(Sha256.of(shown.text("arguments").getBytes(StandardCharsets.UTF_8)).hex())
        .isEqualTo(shown.text("arguments_digest"));
    assertThat(shown.text("arguments")).contains("DE89370400440532013000");

    Reply digest = admin("GET", "/" + id, viewer, "");
    assertThat(digest.status()).isEqualTo(200);
    assertThat(digest.text("arguments_digest")).isEqualTo(shown.text("arguments_digest"));
    assertThat(digest.body().toString()).doesNotContain("DE89370400440532013000");
    Reply list = admin("GET", "", viewer, "");
    assertThat(list.body().toString()).contains(id).doesNotContain("DE89370400440532013000");
    assertThat(admin("GET", "", operator, "").body().toString())
        .doesNotContain("DE89370400440532013000");
  }

  @Test
  void onlyOperatorsDecide() throws IOException, InterruptedException {
    String id = wire(WIRE).text("approval_id");
    for (String key : new String[] {viewer, stack.apiKey(), stranger}) {
      assertThat(admin("POST", "/" + id + "/approve", key, "{}").status()).isEqualTo(401);
      assertThat(admin("POST", "/" + id + "/deny", key, "{}").status()).isEqualTo(401);
    }
    assertWaiting(wire(WIRE));
    assertThat(admin("POST", "/" + id + "/approve", stack.adminKey(), "{}").status())
        .isEqualTo(200);
  }

  @Test
  void aDeniedRequestStaysDeniedAndShowsWhy() throws IOException, InterruptedException {
    String id = wire(WIRE).text("approval_id");
    Reply denied = admin("POST", "/" + id + "/deny", operator, "{\"reason\":\"call them first\"}");
    assertThat(denied.text("state")).isEqualTo("denied");
    assertThat(denied.text("reason")).isEqualTo("call them first");
    assertThat(admin("POST", "/" + id + "/approve", operator, "{}").text("detail"))
        .startsWith("it has been denied by key ");
    assertThat(wire(WIRE).text("approval_id")).isNotEqualTo(id);
    assertThat(admin("GET", "", operator, "").body().toString()).doesNotContain(id);
    assertThat(admin("GET", "?all=true", operator, "").body().toString()).contains(id);
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException, InterruptedException {
    String id = wire(WIRE).text("approval_id");
    String approve = "/" + id + "/approve";
    assertThat(admin("POST", approve, operator, "{\"valid_for\":\"25h\"}").text("detail"))
        .isEqualTo("an approval is valid for 1s to 24h");
    assertThat(admin("POST", approve, operator, "{\"valid_for\":\"soon\"}").text("detail"))
        .contains("`valid_for`");
    assertThat(admin("POST", approve, operator, "{\"unseen\":1}").text("detail"))
        .contains("`unseen`");
    assertThat(admin("POST", approve, operator, "{\"until\":\"x\"}").status()).isEqualTo(400);
    assertThat(admin("GET", "/x", operator, "").status()).isEqualTo(400);
    assertThat(admin("GET", "/" + UUID.randomUUID(), operator, "").status()).isEqualTo(404);
    assertThat(admin("POST", "/" + UUID.randomUUID() + "/deny", operator, "{}").status())
        .isEqualTo(404);
    assertWaiting(wire(WIRE));
  }
}
