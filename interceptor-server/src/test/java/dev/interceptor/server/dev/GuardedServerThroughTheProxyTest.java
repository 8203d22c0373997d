package dev.interceptor.server.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.guard.example.GuardedServer;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server of the official Java SDK, guarded by three lines, behind `/proxy/execute`: it takes its
/// keys from the interceptor's key set, like any tool server elsewhere.
class GuardedServerThroughTheProxyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String ADD = "{\"a\":1,\"b\":2.5}";
  private static final String POLICY =
      """
      version: 1
      name: guarded
      static_rules: {add: ALLOW}
      """;

  @TempDir static Path folder;

  private static Path state;
  private static GuardedServer server;
  private static DevStack stack;

  @BeforeAll
  static void start() throws Exception {
    int port = freePort();
    state = SharedStack.temporary();
    server =
        GuardedServer.start(0, URI.create("http://127.0.0.1:" + port + "/.well-known/jwks.json"));
    stack =
        DevStack.start(
            new DevStack.Settings(
                state,
                port,
                0,
                Files.writeString(folder.resolve("policy.yaml"), POLICY),
                List.of(UpstreamConfig.of(new UpstreamName("guarded"), server.url()))));
    Await.until(
        "what may have been used before the guard began is over",
        Duration.ofSeconds(30),
        () -> proxy("execute", ADD).statusCode() == 200);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() {
    stack.close();
    server.close();
    SharedStack.delete(state);
  }

  private static HttpResponse<String> proxy(String route, String args)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/" + route))
            .header("Content-Type", "application/json")
            .header("X-API-Key", stack.apiKey())
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"upstream\":\"guarded\",\"tool_name\":\"add\",\"args\":%s}".formatted(args)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String tokenFor(String args) throws IOException, InterruptedException {
    JsonNode answer = JSON.readTree(proxy("authorize", args).body());
    assertThat(answer.path("aud").asText()).isEqualTo(server.url().toString());
    return answer.path("token").asText();
  }

  /// A call without the interceptor.
  private static HttpResponse<String> direct(String token, String args)
      throws IOException, InterruptedException {
    HttpResponse<String> opened =
        HTTP.send(
            message(
                    """
                    {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":\
                    "2025-11-25","capabilities":{},"clientInfo":{"name":"direct","version":"1"}}}\
                    """)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    HttpRequest.Builder call =
        message(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"add\",\"arguments\":%s}}"
                .formatted(args));
    call.header("Mcp-Session-Id", opened.headers().firstValue("mcp-session-id").orElseThrow());
    if (!token.isEmpty()) {
      call.header("Authorization", "Bearer " + token);
    }
    return HTTP.send(call.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder message(String body) {
    return HttpRequest.newBuilder(server.url())
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  @Test
  void anAllowedCallRuns() throws Exception {
    int before = server.executedCalls();
    HttpResponse<String> answer = proxy("execute", ADD);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"3.5\"");
    assertThat(server.executedCalls()).isEqualTo(before + 1);
  }

  @Test
  void aDeniedCallIsNotForwarded() throws Exception {
    int before = server.executedCalls();
    String greet =
        "{\"upstream\":\"guarded\",\"tool_name\":\"greet\",\"args\":{\"name\":\"a\",\"greeting\":\"b\"}}";
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/execute"))
                .header("Content-Type", "application/json")
                .header("X-API-Key", stack.apiKey())
                .POST(HttpRequest.BodyPublishers.ofString(greet))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(server.executedCalls()).isEqualTo(before);
  }

  @Test
  void aDirectCallWithoutATokenIsRefused() throws Exception {
    int before = server.executedCalls();
    HttpResponse<String> answer = direct("", ADD);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(answer.body()).contains("token refused").doesNotContain("MISSING");
    assertThat(server.executedCalls()).isEqualTo(before);
  }

  @Test
  void aTamperedCallIsRefusedAndItsTokenStaysGood() throws Exception {
    int before = server.executedCalls();
    String token = tokenFor(ADD);
    assertThat(direct(token, "{\"a\":1,\"b\":2000}").statusCode()).isEqualTo(401);
    assertThat(server.executedCalls()).isEqualTo(before);
    assertThat(direct(token, ADD).statusCode()).isEqualTo(200);
  }

  @Test
  void aReplayedTokenIsRefused() throws Exception {
    int before = server.executedCalls();
    String token = tokenFor(ADD);
    HttpResponse<String> first = direct(token, ADD);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).contains("3.5");
    assertThat(direct(token, ADD).statusCode()).isEqualTo(401);
    assertThat(server.executedCalls()).isEqualTo(before + 1);
  }
}
