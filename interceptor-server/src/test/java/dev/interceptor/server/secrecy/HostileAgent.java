package dev.interceptor.server.secrecy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// Puts a text into every field of a request that a client chooses, on every way in, and remembers
/// which requests were decided.
final class HostileAgent implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String key;
  private final Set<String> decisions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger decidedByMcp = new AtomicInteger();

  HostileAgent(String url, String key) {
    this.url = url;
    this.key = key;
  }

  record Reply(int status, JsonNode body) {
    String text(String member) {
      return body.path(member).asText("");
    }
  }

  /// The decisions that `/proxy` answered with.
  Set<String> decisions() {
    return Set.copyOf(decisions);
  }

  /// How many results `/mcp` answered with.
  int decidedByMcp() {
    return decidedByMcp.get();
  }

  /// As argument that the policy looks at, as one that it does not, and as a name of one.
  void arguments(String text) {
    ObjectNode args = JSON.createObjectNode().put("path", text).put("other", text).put(text, 1);
    args.putObject("inner").put(text, text);
    proxy("execute", body("read_file", args));
    proxy("authorize", body("list_customers", args));
    mcp("read_file", args, Map.of());
    mcp("list_customers", args, Map.of());
  }

  /// A text of its own in every field.
  ///
  /// @param mark the text for a field
  void marked(UnaryOperator<String> mark) {
    ObjectNode args =
        JSON.createObjectNode()
            .put("path", "/home/demo/" + mark.apply("path"))
            .put("other", mark.apply("other"))
            .put(mark.apply("name"), 1);
    for (String tool : List.of("read_file", "list_customers")) {
      ObjectNode body = body(tool, args).put("user_prompt", mark.apply("prompt"));
      for (String route : List.of("execute", "authorize")) {
        post(
            "/proxy/" + route + "?q=" + mark.apply("query"),
            body,
            Map.of("X-API-Key", key, "X-Request-Id", mark.apply("header")));
      }
      mcp(tool, args, Map.of("X-Request-Id", mark.apply("header")));
    }
    post("/proxy/execute", args, Map.of("X-API-Key", mark.apply("credential")));
    post("/proxy/" + mark.apply("route"), args, Map.of("X-API-Key", key));
    post("/mcp/" + mark.apply("route"), args, Map.of("X-API-Key", key));
    proxy("execute", body("list_customers", args).put("upstream", "u" + mark.apply("upstream")));
  }

  /// In all else that a client chooses.
  void everywhereElse(String text) {
    ObjectNode none = JSON.createObjectNode();
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    proxy("execute", body("list_customers", none).put("session_id", text));
    proxy("execute", body(text, none));
    proxy("execute", body("list_customers", none).put("upstream", text));
    proxy("execute", body("list_customers", none).put("user_prompt", text));
    proxy("authorize", body("list_customers", none).put(text, text));
    var headers = new HashMap<>(Map.of("X-API-Key", key));
    List.of("X-Request-Id", "User-Agent", "X-Forwarded-For", "traceparent")
        .forEach(header -> headers.put(header, text));
    post("/proxy/authorize", body("list_customers", none), headers);
    post(
        "/proxy/execute",
        body("list_customers", none),
        Map.of("X-API-Key", text, "X-Sentinel-Key", text, "Authorization", "Bearer " + text));
    post("/proxy/execute", none, Map.of("Authorization", text));
    proxy("execute?q=" + encoded, body("list_customers", none));
    proxy(encoded, none);
    mcp(text, none, Map.of());
    mcp("list_customers", none, Map.of("X-Session-Id", text));
    mcp("list_customers", none, Map.of("Mcp-Session-Id", text));
    post("/mcp/" + encoded, none, Map.of("X-API-Key", key));
  }

  /// A token that was issued to the agent.
  String token() {
    return proxy("authorize", body("list_customers", JSON.createObjectNode())).text("token");
  }

  /// In what a tool server reports.
  ///
  /// @param serverKey a tool server's
  void report(String serverKey, String text) {
    for (String field : List.of("jti", "tool", "p_hash", "status", "result_digest", text)) {
      ObjectNode execution =
          JSON.createObjectNode()
              .put("jti", "A".repeat(22))
              .put("tool", "list_customers")
              .put("p_hash", "0".repeat(64))
              .put("status", "completed")
              .put(field, text);
      ObjectNode report = JSON.createObjectNode();
      report.putArray("executions").add(execution);
      post("/proxy/executions", report, Map.of("X-API-Key", serverKey));
    }
  }

  /// A session's id on both ways in.
  Reply[] session(String id) {
    ObjectNode none = JSON.createObjectNode();
    return new Reply[] {
      proxy("execute", body("list_customers", none).put("session_id", id)),
      mcp("list_customers", none, Map.of("X-Session-Id", id))
    };
  }

  private static ObjectNode body(String tool, ObjectNode args) {
    ObjectNode body = JSON.createObjectNode().put("tool_name", tool);
    body.set("args", args);
    return body;
  }

  Reply proxy(String route, ObjectNode body) {
    return post("/proxy/" + route, body, Map.of("X-API-Key", key));
  }

  private Reply mcp(String tool, ObjectNode args, Map<String, String> headers) {
    ObjectNode message = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
    ObjectNode params = message.put("method", "tools/call").putObject("params").put("name", tool);
    params.set("arguments", args);
    params
        .putObject("_meta")
        .put("io.modelcontextprotocol/protocolVersion", "2026-07-28")
        .putObject("io.modelcontextprotocol/clientCapabilities");
    var all = new HashMap<>(headers);
    all.put("Accept", "application/json, text/event-stream");
    all.put("Authorization", "Bearer " + key);
    all.put("MCP-Protocol-Version", "2026-07-28");
    all.put("Mcp-Method", "tools/call");
    all.put("Mcp-Name", tool);
    Reply reply = post("/mcp", message, all);
    if (reply.body().has("result")) {
      decidedByMcp.incrementAndGet();
    }
    return reply;
  }

  /// A header that HTTP cannot carry is not sent.
  private Reply post(String path, ObjectNode body, Map<String, String> headers) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/json");
      headers.forEach(request::header);
      HttpResponse<String> response =
          send(request.POST(HttpRequest.BodyPublishers.ofString(body.toString())).build());
      Reply reply = new Reply(response.statusCode(), parsed(response.body()));
      if (!reply.text("decision_id").isEmpty() && !decisions.add(reply.text("decision_id"))) {
        throw new AssertionError("two answers with one decision");
      }
      return reply;
    } catch (IllegalArgumentException e) {
      return new Reply(0, JSON.createObjectNode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A connection that the server closed after a refusal is no answer: the request goes on another.
  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
      } catch (IOException e) {
        if (attempt == 5) {
          throw e;
        }
      }
    }
  }

  /// The message, also of a stream that ends with it; nothing of what is no JSON.
  private static JsonNode parsed(String text) {
    String last =
        text.startsWith("{")
            ? text
            : text.lines()
                .filter(line -> line.startsWith("data: {"))
                .reduce("{}", (_, line) -> line.substring(6));
    try {
      return JSON.readTree(last);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
