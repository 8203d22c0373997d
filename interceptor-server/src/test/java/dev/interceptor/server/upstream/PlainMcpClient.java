package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/// The smallest legacy MCP client that works, written independently of the one under test: what a
/// server says to it is what the server says.
public final class PlainMcpClient implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final URI url;
  private Optional<String> session = Optional.empty();

  private PlainMcpClient(URI url) {
    this.url = url;
  }

  public static PlainMcpClient connect(URI url) throws IOException, InterruptedException {
    PlainMcpClient client = new PlainMcpClient(url);
    HttpResponse<String> opened =
        client.post(
            """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",
             "capabilities":{},"clientInfo":{"name":"plain","version":"1"}}}\
            """);
    client.session = opened.headers().firstValue("mcp-session-id");
    client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return client;
  }

  public JsonNode result(String method, String params) throws IOException, InterruptedException {
    HttpResponse<String> response =
        post(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\""
                + method
                + "\",\"params\":"
                + params
                + "}");
    String body = response.body().strip();
    String message =
        body.startsWith("{")
            ? body
            : body.lines()
                .filter(line -> line.startsWith("data: {") && line.contains("\"result\""))
                .findFirst()
                .orElseThrow()
                .substring("data: ".length());
    return json.readTree(message).path("result");
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    session.ifPresent(id -> request.header("Mcp-Session-Id", id));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
  }
}
