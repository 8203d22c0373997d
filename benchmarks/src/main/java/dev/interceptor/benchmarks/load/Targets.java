package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/// One tool call in its forms: as agents send it to the interceptor, and as the interceptor sends
/// it to the tool server. Every answer repeats the number of its request.
///
/// @param upstream the name under which the interceptor knows the stub
/// @param sessions which policy sessions the calls belong to
record Targets(URI interceptor, String apiKey, String upstream, LoadGenerator.Sessions sessions) {
  static final String DIRECT = "direct";
  static final String EXECUTE = "execute";

  private static final String TOOL = "send_email";
  private static final String ARGUMENTS =
      """
      {"to":["anna.kowalska@acme.example","b.okafor@acme.example"],"subject":"Invoice 2026-0417",\
      "priority":2,"amount":1249.5,"internal":true,"body":"Please find the invoice attached; \
      payment is due within thirty days. Please find the invoice attached; payment is due."}\
      """;
  private static final String META =
      """
      ,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
      "io.modelcontextprotocol/clientCapabilities":{},\
      "io.modelcontextprotocol/clientInfo":{"name":"load","version":"1"}}\
      """;
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"clientInfo":{"name":"load","version":"1"}}}\
      """;
  private static final String VERSION_HEADER = "MCP-Protocol-Version";
  private static final String SESSION_HEADER = "Mcp-Session-Id";

  /// The length of a token as the interceptor mints it.
  private static final int TOKEN_LENGTH = 900;

  /// To the tool server, with a token.
  static Target direct(URI stub) {
    Map<String, String> headers = modernHeaders("Bearer " + "x".repeat(TOKEN_LENGTH), TOOL);
    RequestTemplate request = RequestTemplate.post(stub, headers, toolsCall(TOOL, META));
    return new Target(DIRECT, stub, () -> request, LoadGenerator.Sessions.CONNECTION);
  }

  /// @param path `execute`, `modern` or `legacy`
  Target through(String path) {
    return switch (path) {
      case EXECUTE -> execute();
      case "modern" -> modern();
      case "legacy" -> legacy();
      default ->
          throw new IllegalArgumentException(
              "`--paths` takes execute, modern and legacy, not `" + path + "`");
    };
  }

  private Target execute() {
    URI url = interceptor.resolve("/proxy/execute");
    String body =
        """
        {"session_id":"load-%s","tool_name":"%s","upstream":"%s","args":%s}\
        """
            .formatted(RequestTemplate.COUNTER, TOOL, upstream, ARGUMENTS);
    RequestTemplate request = RequestTemplate.post(url, Map.of("X-API-Key", apiKey), body);
    return new Target(EXECUTE, url, () -> request, sessions);
  }

  /// MCP 2026-07-28: each request says all by itself.
  private Target modern() {
    URI url = interceptor.resolve("/mcp");
    Map<String, String> headers = inPolicySession(modernHeaders("Bearer " + apiKey, shownTool()));
    RequestTemplate request = RequestTemplate.post(url, headers, toolsCall(shownTool(), META));
    return new Target("modern", url, () -> request, sessions);
  }

  /// MCP 2025-11-25: each connection begins with `initialize`, and has an MCP session of its own.
  private Target legacy() {
    URI url = interceptor.resolve("/mcp");
    Map<String, String> headers =
        Map.of("Authorization", "Bearer " + apiKey, VERSION_HEADER, "2025-11-25");
    HttpClient client = HttpClient.newHttpClient();
    return new Target(
        "legacy",
        url,
        () -> {
          Map<String, String> inSession = inPolicySession(headers);
          inSession.put(SESSION_HEADER, initialize(client, url));
          return RequestTemplate.post(url, inSession, toolsCall(shownTool(), ""));
        },
        sessions);
  }

  /// @return the id of the new MCP session
  private String initialize(HttpClient client, URI url) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Authorization", "Bearer " + apiKey)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(INITIALIZE))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return answer
          .headers()
          .firstValue(SESSION_HEADER)
          .orElseThrow(() -> new IOException("`initialize` gave no session: " + answer.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// Tools of one server among several carry its name.
  private String shownTool() {
    return upstream + "__" + TOOL;
  }

  private static Map<String, String> modernHeaders(String authorization, String tool) {
    return Map.of(
        VERSION_HEADER,
        "2026-07-28",
        "Mcp-Method",
        "tools/call",
        "Mcp-Name",
        tool,
        "Authorization",
        authorization);
  }

  private static Map<String, String> inPolicySession(Map<String, String> headers) {
    var all = new LinkedHashMap<>(headers);
    all.put("X-Session-Id", "load-" + RequestTemplate.COUNTER);
    return all;
  }

  private static String toolsCall(String tool, String meta) {
    return """
    {"jsonrpc":"2.0","id":"%s","method":"tools/call","params":{"name":"%s","arguments":%s%s}}\
    """
        .formatted(RequestTemplate.COUNTER, tool, ARGUMENTS, meta);
  }
}
