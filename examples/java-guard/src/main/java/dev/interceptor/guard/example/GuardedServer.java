package dev.interceptor.guard.example;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.guard.GuardedServlet;
import dev.interceptor.guard.RemoteKeys;
import dev.interceptor.guard.ToolCallGuard;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// An MCP server of the official Java SDK with the tools `add` and `greet`, on 127.0.0.1, that runs
/// nothing without a token for exactly this call.
public final class GuardedServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String PATH = "/mcp";

  private final Server jetty = new Server();
  private final AtomicInteger executed = new AtomicInteger();
  private final URI url;
  private final McpSyncServer mcp;
  private final RemoteKeys keys;

  /// Starts a server; it accepts connections when this returns. It refuses tokens that may have
  /// been used before it was started: its first accepted call is one or two seconds away.
  ///
  /// @param port 0 for any free one
  /// @param jwks where the interceptor publishes its keys
  public static GuardedServer start(int port, URI jwks) throws Exception {
    var server = new GuardedServer(port, jwks);
    server.jetty.start();
    return server;
  }

  private GuardedServer(int port, URI jwks) throws IOException {
    url = URI.create("http://" + HOST + ":" + listen(port) + PATH);
    var transport =
        HttpServletStreamableServerTransportProvider.builder().mcpEndpoint(PATH).build();
    mcp =
        McpServer.sync(transport)
            .serverInfo("guarded-java", "1.0.0")
            .toolCall(
                Tool.builder("add", schema("a", "number", "b", "number")).build(),
                (exchange, call) -> add(call))
            .toolCall(
                Tool.builder("greet", schema("name", "string", "greeting", "string")).build(),
                (exchange, call) -> greet(call))
            .build();

    keys = RemoteKeys.at(jwks);
    var guard = ToolCallGuard.of(Audience.of(url), keys, usedTokens());
    Servlet guarded = new GuardedServlet(transport, guard);

    var context = new ServletContextHandler();
    context.addServlet(new ServletHolder(guarded), PATH + "/*");
    jetty.setHandler(context);
  }

  /// Replicas of a server share a `RedisReplayGuard` instead.
  private static ReplayGuard usedTokens() {
    return ReplayGuard.inMemory(100_000, InstantSource.system());
  }

  private int listen(int port) throws IOException {
    var connector = new ServerConnector(jetty);
    connector.setHost(HOST);
    connector.setPort(port);
    jetty.addConnector(connector);
    connector.open();
    return connector.getLocalPort();
  }

  private static Map<String, Object> schema(String one, String type, String two, String other) {
    return Map.of(
        "type",
        "object",
        "properties",
        Map.of(one, Map.of("type", type), two, Map.of("type", other)),
        "required",
        List.of(one, two));
  }

  private CallToolResult add(CallToolRequest call) {
    executed.incrementAndGet();
    return text(String.valueOf(number(call, "a") + number(call, "b")));
  }

  private static double number(CallToolRequest call, String name) {
    return call.arguments().get(name) instanceof Number number ? number.doubleValue() : 0;
  }

  private CallToolResult greet(CallToolRequest call) {
    executed.incrementAndGet();
    return text(call.arguments().get("greeting") + ", " + call.arguments().get("name"));
  }

  private static CallToolResult text(String text) {
    return CallToolResult.builder(List.of(TextContent.builder(text).build())).build();
  }

  /// The MCP endpoint, and the `aud` of its tokens.
  public URI url() {
    return url;
  }

  /// Calls that a tool has run.
  public int executedCalls() {
    return executed.get();
  }

  @Override
  public void close() {
    mcp.close();
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty did not stop", e);
    }
    keys.close();
  }

  /// Arguments: the port, and the address of the interceptor's key set.
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    var server = start(port, URI.create(arguments[1]));
    System.out.println("listening on " + server.url());
    server.jetty.join();
  }
}
