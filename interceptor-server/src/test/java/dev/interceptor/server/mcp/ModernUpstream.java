package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A tool server of MCP 2026-07-28 whose calls a test answers as it likes. Does not check tokens,
/// but keeps them.
final class ModernUpstream implements AutoCloseable {
  private final HttpServer server;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final String tools;
  private final Script script;

  /// @param tools the list's entries, as JSON
  private ModernUpstream(HttpServer server, String tools, Script script) {
    this.server = server;
    this.tools = tools;
    this.script = script;
  }

  /// A request that is neither `server/discover` nor `tools/list`.
  record Call(HttpExchange exchange, JsonNode body) {
    String tool() {
      return body.at("/params/name").asText();
    }

    JsonNode params() {
      return body.path("params");
    }

    /// The claims of the token that came with it.
    JsonNode claims() {
      String token =
          exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length());
      return McpWire.parsed(
          new String(
              Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8));
    }

    void result(String result) throws IOException {
      json("{\"jsonrpc\":\"2.0\",\"id\":" + body.path("id") + ",\"result\":" + result + "}");
    }

    void text(String text) throws IOException {
      result(
          "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}"
              .formatted(text));
    }

    void json(String message) throws IOException {
      byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }

    OutputStream stream() throws IOException {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      return exchange.getResponseBody();
    }

    void progress(OutputStream out, int progress, String words) throws IOException {
      event(
          out,
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":%s,\"progress\":%d,\"message\":\"%s\"}}"
              .formatted(params().at("/_meta/progressToken"), progress, words));
    }

    static void event(OutputStream out, String message) throws IOException {
      out.write(("data: " + message + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  interface Script {
    void answer(Call call) throws IOException;
  }

  static ModernUpstream start(String tools, Script script) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    ModernUpstream upstream = new ModernUpstream(server, tools, script);
    server.createContext("/mcp", upstream::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return upstream;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Call call =
          new Call(
              exchange,
              McpWire.parsed(
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      switch (call.body().path("method").asText()) {
        case "server/discover" ->
            call.result(
                "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{\"tools\":{}},\"ttlMs\":0,\"cacheScope\":\"private\"}");
        case "tools/list" ->
            call.result(
                "{\"resultType\":\"complete\",\"tools\":[%s],\"ttlMs\":0,\"cacheScope\":\"private\"}"
                    .formatted(tools));
        default -> {
          calls.add(call);
          script.answer(call);
        }
      }
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
  }

  List<Call> calls() {
    return calls;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
