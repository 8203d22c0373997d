package dev.interceptor.server.rotation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Calls of one tool straight to the tool server, by whoever holds a token. Thread-safe.
final class ToolCalls implements AutoCloseable {
  static final String TOOL = "list_customers";

  private static final Pattern REASON = Pattern.compile("\"reason\":\"([A-Z_]+)\"");
  private static final String BODY =
      """
      {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_customers",\
      "arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
      "io.modelcontextprotocol/clientCapabilities":{}}}}\
      """;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI server;

  ToolCalls(URI server) {
    this.server = server;
  }

  /// @return empty if the tool ran, else why the token was refused
  String call(String token) throws IOException, InterruptedException {
    HttpResponse<String> reply =
        client.send(
            HttpRequest.newBuilder(server)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "tools/call")
                .header("Mcp-Name", TOOL)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(BODY))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (reply.statusCode() == 200) {
      return "";
    }
    Matcher reason = REASON.matcher(reply.body());
    return reason.find() ? reason.group(1) : "status " + reply.statusCode();
  }

  @Override
  public void close() {
    client.close();
  }
}
