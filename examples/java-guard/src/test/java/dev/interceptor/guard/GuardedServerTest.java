package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.guard.example.GuardedServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The official SDK's client against the official SDK's server behind the guard.
@Timeout(60)
class GuardedServerTest {
  private final Issuer issuer = Issuer.create();
  private KeySetServer keys;
  private GuardedServer server;

  @BeforeEach
  void start() throws Exception {
    keys = new KeySetServer();
    keys.answer =
        KeySetServer.set("max-age=60", issuer.keys().keys().toArray(VerificationKey[]::new));
    server = GuardedServer.start(0, keys.url());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    keys.close();
  }

  /// @param token what the client sends with every message
  private McpSyncClient client(String token) {
    String base = server.url().resolve("/").toString();
    var transport =
        HttpClientStreamableHttpTransport.builder(base.substring(0, base.length() - 1))
            .addHttpRequestCustomizer((request, method, uri, body, context) -> {
              if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
              }
            })
            .build();
    McpSyncClient client = McpClient.sync(transport).requestTimeout(Duration.ofSeconds(10)).build();
    client.initialize();
    return client;
  }

  private static final CallToolRequest ADD =
      CallToolRequest.builder("add").arguments(Map.of("a", 1, "b", 2.5)).build();

  private String token(String arguments) {
    return issuer.token(Audience.of(server.url()), "add", "{\"arguments\":" + arguments + "}");
  }

  @Test
  void aClientWithoutATokenSeesTheToolsAndRunsNone() {
    McpSyncClient client = client("");
    assertThat(client.listTools().tools()).extracting(Tool::name).contains("add", "greet");
    assertThatThrownBy(() -> client.callTool(ADD)).isInstanceOf(RuntimeException.class);
    assertThat(server.executedCalls()).isZero();
    client.close();
  }

  @Test
  void aTokenForOtherArgumentsRunsNothing() {
    McpSyncClient client = client(token("{\"a\":1,\"b\":2}"));
    assertThatThrownBy(() -> client.callTool(ADD)).isInstanceOf(RuntimeException.class);
    assertThat(server.executedCalls()).isZero();
    client.close();
  }

  @Test
  void aTokenRunsItsCallOnce() throws Exception {
    Await.until("a token is accepted", Duration.ofSeconds(20), () -> accepted() == 1);
    int before = server.executedCalls();
    McpSyncClient client = client(token("{\"a\":1,\"b\":2.5}"));
    CallToolResult result = client.callTool(ADD);
    assertThat(((TextContent) result.content().getFirst()).text()).isEqualTo("3.5");
    assertThatThrownBy(() -> client.callTool(ADD)).isInstanceOf(RuntimeException.class);
    assertThat(server.executedCalls()).isEqualTo(before + 1);
    client.close();
  }

  /// A server that was started just now accepts nothing that may have been used before.
  private int accepted() {
    try (McpSyncClient client = client(token("{\"a\":1,\"b\":2.5}"))) {
      CallToolResult unused = client.callTool(ADD);
    } catch (RuntimeException e) {
      assertThat(server.executedCalls()).isZero();
    }
    return server.executedCalls();
  }
}
