package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A tool server that keeps a journal of all that reaches it. Its tools `read_file` and
/// `delete_file` do nothing.
final class Journal implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final List<String> others = new CopyOnWriteArrayList<>();

  /// A call as it came in.
  ///
  /// @param decision as its token names it
  /// @param arguments the digest of the arguments' canonical form, computed here
  record Call(String decision, String tool, String arguments, String token) {
    /// What the decision log has to know of it.
    String onRecord() {
      return decision + " " + tool + " " + arguments;
    }
  }

  private Journal(HttpServer server) {
    this.server = server;
  }

  static Journal start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var journal = new Journal(server);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", journal::answer);
    server.start();
    return journal;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
  }

  List<Call> calls() {
    return calls;
  }

  List<Call> calls(String tool) {
    return calls.stream().filter(call -> call.tool().equals(tool)).toList();
  }

  /// What came in besides calls and what the interceptor asks on its own account.
  List<String> others() {
    return others;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      JsonNode message = JSON.readTree(body);
      byte[] answer =
          ("{\"jsonrpc\":\"2.0\",\"id\":"
                  + message.path("id")
                  + ",\"result\":"
                  + result(message, exchange)
                  + "}")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (RuntimeException | IOException e) {
      others.add("unreadable: " + e.getMessage());
      throw e;
    }
  }

  private String result(JsonNode message, HttpExchange exchange) {
    return switch (message.path("method").asText()) {
      case "server/discover" ->
          "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],"
              + "\"capabilities\":{\"tools\":{}},\"ttlMs\":0,\"cacheScope\":\"private\"}";
      case "tools/list" ->
          "{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\",\"tools\":["
              + tool("read_file")
              + ","
              + tool("delete_file")
              + "]}";
      case "tools/call" -> {
        calls.add(call(message.path("params"), token(exchange)));
        yield "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"done\"}]}";
      }
      default -> {
        others.add(exchange.getRequestMethod() + " " + message.path("method"));
        yield "{}";
      }
    };
  }

  private static String tool(String name) {
    return "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\"}}";
  }

  private static String token(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Authorization").substring("Bearer ".length());
  }

  private static Call call(JsonNode params, String token) {
    try {
      byte[] arguments = JSON.writeValueAsBytes(params.path("arguments"));
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
      return new Call(
          claims.path("decision").asText(),
          params.path("name").asText(),
          Arguments.of(StrictJson.parseObject(arguments, JsonLimits.DEFAULT)).digest().hex(),
          token);
    } catch (IOException | MalformedJsonException e) {
      throw new IllegalStateException("a call without readable arguments or token", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
