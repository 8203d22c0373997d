package dev.interceptor.server.pinning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// An MCP server of 2026-07-28 that lists what a test says and notes which tools were called with
/// which token.
final class ChangingServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<JsonNode> claims = new CopyOnWriteArrayList<>();
  private volatile String tools = "";

  private ChangingServer(HttpServer server) {
    this.server = server;
  }

  static ChangingServer start() throws IOException {
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    var server = new ChangingServer(http);
    http.createContext("/mcp", server::handle);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    return server;
  }

  void lists(String... definitions) {
    tools = String.join(",", definitions);
  }

  /// The claims of the calls that arrived, in their order.
  List<JsonNode> calls() {
    return claims;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
      String result =
          switch (request.path("method").asText()) {
            case "server/discover" -> "\"supportedVersions\":[\"2026-07-28\"]";
            case "tools/list" -> "\"tools\":[" + tools + "]";
            default -> called(exchange);
          };
      byte[] answer =
          "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"resultType\":\"complete\",%s}}"
              .formatted(request.path("id"), result)
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private String called(HttpExchange exchange) throws IOException {
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    claims.add(JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1])));
    return "\"content\":[]";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
