package dev.interceptor.server.languages;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.languages.Examples.Program;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers of both TypeScript SDKs, guarded by three lines each, behind `/proxy/execute`. Skipped
/// where Node is missing.
class TypeScriptServersThroughTheProxyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POLICY =
      """
      version: 1
      name: typescript-servers
      static_rules: {add: ALLOW, greet: ALLOW}
      """;
  private static final String ARGS = "{\"a\":2,\"b\":3}";
  private static final String CALL = "{\"name\":\"add\",\"arguments\":{\"b\":3,\"a\":2.0}}";

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder;

  @Test
  void onlyWhatTheProxyAuthorizedRuns() throws Exception {
    Program node = Examples.typescript();
    URI v2 = GuardedServer.freeUrl();
    URI v1 = GuardedServer.freeUrl();
    Path policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    Path state = SharedStack.temporary();
    try (DevStack stack =
        DevStack.start(
            new DevStack.Settings(
                state, 0, 0, policy, List.of(upstream("v2", v2), upstream("v1", v1))))) {
      String jwks = stack.url() + "/.well-known/jwks.json";
      try (GuardedServer server = GuardedServer.start(node, "servers/sdk-v2.ts", v2, jwks)) {
        check(stack, "v2", server);
      }
      try (GuardedServer server = GuardedServer.start(node, "servers/sdk-1x.ts", v1, jwks)) {
        check(stack, "v1", server);
      }
    } finally {
      SharedStack.delete(state);
    }
  }

  private static UpstreamConfig upstream(String name, URI url) {
    return UpstreamConfig.of(new UpstreamName(name), url).withTimeout(Duration.ofSeconds(20));
  }

  private void check(DevStack stack, String upstream, GuardedServer server) throws Exception {
    // A guard that was just started does not know what was used before.
    Await.until(
        upstream + " accepts calls",
        Duration.ofSeconds(30),
        () -> proxied(stack, "execute", upstream).statusCode() == 200);
    JsonNode answer = JSON.readTree(proxied(stack, "execute", upstream).body());
    assertThat(answer.at("/result/content/0/text").asText()).isEqualTo("5");

    assertThat(server.send("tools/list", "{}", Optional.empty()).statusCode()).isEqualTo(200);
    assertThat(server.send("ping", "{\"a\":\"?\"}".getBytes(US_ASCII))).isEqualTo(200);
    byte[] notUtf8 = "{\"a\":\"?\"}".getBytes(US_ASCII);
    notUtf8[6] = (byte) 0xff;
    assertThat(server.send("ping", notUtf8)).isEqualTo(400);
    HttpResponse<String> without = server.send("tools/call", CALL, Optional.empty());
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");

    Optional<String> token = token(stack, upstream);
    String tampered = CALL.replace("2.0", "2.5");
    String otherTool = "{\"name\":\"greet\",\"arguments\":{\"name\":\"ann\"}}";
    assertThat(server.send("tools/call", tampered, token).statusCode()).isEqualTo(401);
    assertThat(server.send("tools/call", otherTool, token).statusCode()).isEqualTo(401);
    String read = "{\"uri\":\"file:///a\"}";
    assertThat(server.send("resources/read", read, token).statusCode()).isEqualTo(401);
    HttpResponse<String> good = server.send("tools/call", CALL, token);
    assertThat(good.statusCode()).isEqualTo(200);
    assertThat(good.body()).contains("\"text\":\"5\"");
    assertThat(server.send("tools/call", CALL, token).statusCode()).isEqualTo(401);
  }

  private Optional<String> token(DevStack stack, String upstream)
      throws IOException, InterruptedException {
    HttpResponse<String> reply = proxied(stack, "authorize", upstream);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return Optional.of(JSON.readTree(reply.body()).path("token").asText());
  }

  private HttpResponse<String> proxied(DevStack stack, String endpoint, String upstream)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/" + endpoint))
            .header("Content-Type", "application/json")
            .header("X-API-Key", stack.apiKey())
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"upstream\":\"%s\",\"tool_name\":\"add\",\"args\":%s}"
                        .formatted(upstream, ARGS)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
