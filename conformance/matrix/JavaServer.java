import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.guard.GuardedServlet;
import dev.interceptor.guard.RemoteKeys;
import dev.interceptor.guard.ToolCallGuard;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/// A server of the official Java SDK that verifies our tokens, as `examples/java-guard` shows it,
/// with one tool that takes as long as it is told and reports progress.
///
/// Arguments: the port, and the address of the interceptor's key set.
final class JavaServer {
  private static final int STEP_MS = 100;
  private static final Map<String, Object> TEXT = Map.of("type", "string");
  private static final Map<String, Object> NUMBER = Map.of("type", "number");

  private JavaServer() {}

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    URI url = URI.create("http://127.0.0.1:" + port + "/mcp");
    var transport =
        HttpServletStreamableServerTransportProvider.builder().mcpEndpoint("/mcp").build();
    McpServer.sync(transport)
        .serverInfo("matrix-java", "1.0.0")
        .toolCall(tool("echo", Map.of("text", TEXT)), (exchange, call) -> text("Echo: " + call.arguments().get("text")))
        .toolCall(tool("forbidden", Map.of()), (exchange, call) -> text("This must not be seen"))
        .toolCall(tool("wait", Map.of("ms", NUMBER)), JavaServer::waiting)
        .build();
    var used = ReplayGuard.inMemory(100_000, InstantSource.system());
    var guard = ToolCallGuard.of(Audience.of(url), RemoteKeys.at(URI.create(arguments[1])), used);

    var context = new ServletContextHandler();
    context.addServlet(new ServletHolder(new GuardedServlet(transport, guard)), "/mcp/*");
    var jetty = new Server(new InetSocketAddress("127.0.0.1", port));
    jetty.setHandler(context);
    jetty.start();
    System.out.println("{\"url\":\"" + url + "\"}");
    jetty.join();
  }

  private static Tool tool(String name, Map<String, Object> properties) {
    Map<String, Object> schema =
        Map.of("type", "object", "properties", properties, "required", List.copyOf(properties.keySet()));
    return Tool.builder(name, schema).description("Of the matrix").build();
  }

  private static CallToolResult waiting(McpSyncServerExchange exchange, CallToolRequest call) {
    int steps = call.arguments().get("ms") instanceof Number ms ? ms.intValue() / STEP_MS : 0;
    Object token = call.meta() == null ? null : call.meta().get("progressToken");
    for (int step = 1; step <= steps; step++) {
      try {
        Thread.sleep(STEP_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return text("Interrupted");
      }
      if (token != null) {
        exchange.progressNotification(
            ProgressNotification.builder(token, step).total((double) steps).build());
      }
    }
    return text("Waited");
  }

  private static CallToolResult text(String text) {
    return CallToolResult.builder(List.of(TextContent.builder(text).build())).build();
  }
}
