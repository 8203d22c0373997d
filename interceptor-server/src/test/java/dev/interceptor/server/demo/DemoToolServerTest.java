package dev.interceptor.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.AuthorizedCalls;
import dev.interceptor.server.upstream.ToolReply;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoToolServerTest {
  private static final Instant START = Instant.ofEpochSecond(1_000);
  private static final String ARGUMENTS = "{\"id\":\"c-1001\"}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final AuthorizedCalls calls = new AuthorizedCalls(InstantSource.fixed(START));
  private Instant serverTime = START;
  private DemoToolServer server;
  private ToolServer client;

  @BeforeEach
  void start() {
    server =
        DemoToolServer.start(
            new DemoToolServer.Settings(
                0, AuthorizedCalls.ISSUER, Optional.empty(), new JwksSource.Given(calls::keys)),
            () -> serverTime);
    client =
        ToolServer.open(
            UpstreamConfig.of(new UpstreamName("demo"), server.url()), InstantSource.system());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void thirteenToolsAreListed() {
    assertThat(client.tools())
        .extracting(tool -> tool.name().value())
        .containsExactly(
            "list_customers",
            "read_customer",
            "search_mail",
            "read_mail",
            "web_fetch",
            "read_file",
            "write_file",
            "send_email",
            "wire_transfer",
            "create_event",
            "post_message",
            "run_shell",
            "redact");
    assertThat(client.tools())
        .allSatisfy(tool ->
            assertThat(tool.definition().path("inputSchema").path("type").asText())
                .isEqualTo("object"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list_customers|{}|Amelia Brandt",
        "read_customer|{\"id\":\"c-1001\"}|DE02 1203",
        "search_mail|{\"query\":\"invoice\"}|m-1",
        "read_mail|{\"id\":\"m-3\"}|wire_transfer",
        "web_fetch|{\"url\":\"https://docs.example/returns\"}|30 days",
        "read_file|{\"path\":\"/home/demo/README.txt\"}|Shared folder",
        "write_file|{\"path\":\"/home/demo/notes/new.txt\",\"content\":\"x\"}|new.txt",
        "send_email|{\"to\":[\"a@acme.example\"],\"subject\":\"s\",\"body\":\"b\"}|sent",
        "wire_transfer|{\"recipient\":\"r\",\"amount\":10,\"currency\":\"EUR\"}|transferred",
        "create_event|{\"title\":\"t\",\"start\":\"2026-12-01T10:00:00Z\",\"participants\":[]}|created",
        "post_message|{\"channel\":\"grün\",\"text\":\"t\"}|posted",
        "run_shell|{\"command\":\"ls\"}|exit_code",
        "redact|{\"text\":\"mail a@b.example\"}|[email]"
      })
  void everyToolAnswersAnAuthorizedCall(String tool, String arguments, String expected)
      throws Exception {
    AuthorizedCall call = calls.to(client, tool, arguments);
    assertThat(client.forward(call))
        .isInstanceOfSatisfying(
            ToolReply.Completed.class,
            completed -> {
              assertThat(completed.isError()).isFalse();
              assertThat(completed.result().path("structuredContent").toString())
                  .contains(expected);
              assertThat(completed.result().path("content").path(0).path("text").asText())
                  .isEqualTo(completed.result().path("structuredContent").toString());
            });
    JsonNode executed = journal().path(0);
    assertThat(executed.path("tool").asText()).isEqualTo(tool);
    assertThat(executed.path("p_hash").asText()).isEqualTo(call.call().arguments().digest().hex());
  }

  @Test
  void aToolThatCannotDoItSaysSo() {
    assertThat(client.forward(calls.to(client, "read_file", "{\"path\":\"/etc/passwd\"}")))
        .isInstanceOfSatisfying(
            ToolReply.Completed.class, completed -> assertThat(completed.isError()).isTrue());
  }

  @Test
  void aTokenOpensTheDoorOnce() throws Exception {
    AuthorizedCall call = calls.to(client, "read_customer", ARGUMENTS);
    assertThat(post(call.token(), "read_customer", ARGUMENTS).statusCode()).isEqualTo(200);
    assertRefused("REPLAYED", post(call.token(), "read_customer", ARGUMENTS));
    assertThat(journal()).hasSize(1);
  }

  @Test
  void withoutATokenNothingRuns() throws Exception {
    assertRefused("MISSING", post("", "read_customer", ARGUMENTS));
    assertRefused("MALFORMED", post("nonsense", "read_customer", ARGUMENTS));
    assertThat(journal()).isEmpty();
  }

  @Test
  void aTokenIsGoodForItsArgumentsOnly() throws Exception {
    String token = calls.to(client, "read_customer", ARGUMENTS).token();
    assertRefused("WRONG_ARGUMENTS", post(token, "read_customer", "{\"id\":\"c-1002\"}"));
    assertThat(journal()).isEmpty();
  }

  @Test
  void aTokenIsGoodForTheAnswersItContinuesWithOnly() throws Exception {
    String carried = "{\"requestState\":\"s\",\"inputResponses\":{\"ok\":{\"action\":\"accept\"}}}";
    AuthorizedCall call = calls.goingOn(client, "read_customer", ARGUMENTS, carried);
    assertRefused("WRONG_REQUEST", post(call.token(), "read_customer", ARGUMENTS));
    assertThat(journal()).isEmpty();
    assertThat(client.forward(call)).isInstanceOf(ToolReply.Completed.class);
    assertThat(journal()).hasSize(1);
  }

  @Test
  void aTokenIsGoodForItsToolOnly() throws Exception {
    String token = calls.to(client, "read_mail", ARGUMENTS).token();
    assertRefused("WRONG_TOOL", post(token, "read_customer", ARGUMENTS));
  }

  @Test
  void aTokenIsGoodForItsServerOnly() throws Exception {
    Audience other = new Audience("https://other.example/mcp");
    String token = calls.forAudience(client, other, "acme", "read_customer", ARGUMENTS).token();
    assertRefused("WRONG_AUDIENCE", post(token, "read_customer", ARGUMENTS));
  }

  @Test
  void aTokenExpiresAfterFiveSeconds() throws Exception {
    String token = calls.to(client, "read_customer", ARGUMENTS).token();
    serverTime = START.plusSeconds(5);
    assertRefused("EXPIRED", post(token, "read_customer", ARGUMENTS));
  }

  @Test
  void aTokenOfAnotherKeyIsRefused() throws Exception {
    AuthorizedCalls stranger = new AuthorizedCalls(InstantSource.fixed(START));
    String token = stranger.to(client, "read_customer", ARGUMENTS).token();
    assertRefused("UNKNOWN_KEY", post(token, "read_customer", ARGUMENTS));
  }

  @Test
  void differentSpellingsOfTheSameArgumentsAreTheSame() throws Exception {
    String token =
        calls
            .to(client, "wire_transfer", "{\"amount\":10,\"currency\":\"EUR\",\"recipient\":\"r\"}")
            .token();
    HttpResponse<String> response =
        post(
            token,
            "wire_transfer",
            "{ \"recipient\":\"r\", \"currency\":\"EUR\", \"amount\":1e1 }");
    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void argumentsThatTwoParsersReadDifferentlyAreRefused() throws Exception {
    String token = calls.to(client, "read_customer", ARGUMENTS).token();
    assertThat(post(token, "read_customer", "{\"id\":\"c-1002\",\"id\":\"c-1001\"}").statusCode())
        .isEqualTo(400);
    assertThat(journal()).isEmpty();
  }

  @Test
  void absentArgumentsAreAnEmptyObject() throws Exception {
    String token = calls.to(client, "list_customers", "{}").token();
    assertThat(post(token, "list_customers", "null").statusCode()).isEqualTo(200);
  }

  @Test
  void keysAreFetchedFromTheInterceptor() throws Exception {
    List<String> asked = new ArrayList<>();
    var keySet =
        com.sun.net.httpserver.HttpServer.create(
            new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
    keySet.createContext(
        "/.well-known/jwks.json",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          byte[] body = calls.keys().toJson().getBytes(java.nio.charset.StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    keySet.start();
    URI url =
        URI.create("http://127.0.0.1:" + keySet.getAddress().getPort() + "/.well-known/jwks.json");
    var settings =
        new DemoToolServer.Settings(
            0, AuthorizedCalls.ISSUER, Optional.of(server.audience()), new JwksSource.Remote(url));
    try (var remote = DemoToolServer.start(settings, () -> serverTime)) {
      for (int i = 0; i < 3; i++) {
        String token = calls.to(client, "list_customers", "{}").token();
        assertThat(post(remote.url(), token, "list_customers", "{}").statusCode()).isEqualTo(200);
      }
      assertThat(asked).hasSize(1);
      for (int i = 0; i < 3; i++) {
        AuthorizedCalls stranger = new AuthorizedCalls(InstantSource.fixed(START));
        String token = stranger.to(client, "list_customers", "{}").token();
        assertRefused("UNKNOWN_KEY", post(remote.url(), token, "list_customers", "{}"));
      }
      assertThat(asked).hasSize(4);
    } finally {
      keySet.stop(0);
    }
  }

  private static void assertRefused(String reason, HttpResponse<String> response)
      throws IOException {
    JsonNode body = new ObjectMapper().readTree(response.body());
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(body.path("error").path("data").path("reason").asText()).isEqualTo(reason);
  }

  private JsonNode journal() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(server.url().resolve("/journal")).build();
    String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return new ObjectMapper().readTree(body);
  }

  private HttpResponse<String> post(String token, String tool, String arguments) throws Exception {
    return post(server.url(), token, tool, arguments);
  }

  private HttpResponse<String> post(URI url, String token, String tool, String arguments)
      throws Exception {
    String body =
        """
        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":%s,
         "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
                  "io.modelcontextprotocol/clientCapabilities":{}}}}\
        """
            .formatted(tool, arguments);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", tool)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
