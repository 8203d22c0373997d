package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/// What a client of either era sends, byte by byte, and what comes back.
final class McpWire implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;
  private final String apiKey;
  private final Optional<String> policySession;
  private String capabilities = "{}";
  private Optional<String> transportSession = Optional.empty();
  private int ids;

  McpWire(String url, String apiKey, Optional<String> policySession) {
    this.url = URI.create(url);
    this.apiKey = apiKey;
    this.policySession = policySession;
  }

  /// An answer, whose messages came as JSON or as events.
  record Answer(int status, Optional<String> session, boolean streamed, List<JsonNode> messages) {
    JsonNode last() {
      return messages.getLast();
    }

    JsonNode result() {
      return last().path("result");
    }

    JsonNode error() {
      return last().path("error");
    }

    boolean isDenied() {
      return decision().path("decision").asText().equals("deny");
    }

    String reason() {
      return decision().path("reason").asText("");
    }

    private JsonNode decision() {
      return result().path("_meta").path("dev.interceptor/decision");
    }
  }

  /// What modern requests and `initialize` declare.
  McpWire declaring(String clientCapabilities) {
    capabilities = clientCapabilities;
    return this;
  }

  /// @param params members without the braces
  Answer modern(String method, String name, String params)
      throws IOException, InterruptedException {
    return modern(method, name, params, "");
  }

  /// @param meta more members of `_meta`, each after a comma
  Answer modern(String method, String name, String params, String meta)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request().header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", method);
    if (!name.isEmpty()) {
      request.header("Mcp-Name", name);
    }
    String separator = params.isEmpty() ? "" : ",";
    return send(request, message(method, params + separator + meta(meta)));
  }

  Answer modernCall(String tool, String arguments) throws IOException, InterruptedException {
    return modern("tools/call", tool, call(tool, arguments));
  }

  /// Begins a legacy session, in which everything legacy is sent from then on.
  Answer initialize(String version) throws IOException, InterruptedException {
    Answer answer =
        send(
            request(),
            message(
                "initialize",
                "\"protocolVersion\":\"%s\",\"capabilities\":%s,\"clientInfo\":{\"name\":\"w\",\"version\":\"1\"}"
                    .formatted(version, capabilities)));
    transportSession = answer.session();
    post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return answer;
  }

  Answer legacy(String method, String params) throws IOException, InterruptedException {
    return post(message(method, params));
  }

  Answer legacyCall(String tool, String arguments) throws IOException, InterruptedException {
    return legacy("tools/call", call(tool, arguments));
  }

  /// Any body, in the session if there is one.
  Answer post(String body) throws IOException, InterruptedException {
    return send(inSession(request()), body);
  }

  /// Goes on in a session that was opened elsewhere.
  void share(Answer opened) {
    transportSession = opened.session();
  }

  Answer inForeignSession(String session, String method) throws IOException, InterruptedException {
    return send(request().header("Mcp-Session-Id", session), message(method, ""));
  }

  /// The answer while it comes in.
  HttpResponse<java.util.stream.Stream<String>> open(String body)
      throws IOException, InterruptedException {
    return http.send(
        inSession(request()).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofLines());
  }

  int status(String verb) throws IOException, InterruptedException {
    return http.send(
            inSession(HttpRequest.newBuilder(url))
                .header("Authorization", "Bearer " + apiKey)
                .header("Accept", "text/event-stream")
                .method(verb, HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private HttpRequest.Builder inSession(HttpRequest.Builder request) {
    transportSession.ifPresent(id -> request.header("Mcp-Session-Id", id));
    return request;
  }

  private HttpRequest.Builder request() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + apiKey);
    policySession.ifPresent(id -> request.header("X-Session-Id", id));
    return request;
  }

  private String meta(String more) {
    return """
    "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
    "io.modelcontextprotocol/clientCapabilities":%s%s}\
    """
        .formatted(capabilities, more);
  }

  private static String call(String tool, String arguments) {
    return "\"name\":\"%s\",\"arguments\":%s".formatted(tool, arguments);
  }

  String message(String method, String params) {
    ids++;
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{%s}}"
        .formatted(ids, method, params);
  }

  private Answer send(HttpRequest.Builder request, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
    boolean streamed =
        response.headers().firstValue("Content-Type").orElse("").equals("text/event-stream");
    List<JsonNode> messages =
        streamed
            ? response
                .body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> parsed(line.substring(6)))
                .toList()
            : response.body().isEmpty() ? List.of() : List.of(parsed(response.body()));
    return new Answer(
        response.statusCode(), response.headers().firstValue("Mcp-Session-Id"), streamed, messages);
  }

  static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
