package dev.interceptor.benchmarks.load;

import java.net.URI;
import java.util.Map;

/// One tool call in its two forms: as an agent sends it to the interceptor, and as the interceptor
/// sends it to the tool server.
final class Targets {
  private static final String ARGUMENTS =
      """
      {"to":["anna.kowalska@acme.example","b.okafor@acme.example"],"subject":"Invoice 2026-0417",\
      "priority":2,"amount":1249.5,"internal":true,"body":"Please find the invoice attached; \
      payment is due within thirty days. Please find the invoice attached; payment is due."}\
      """;

  /// The length of a token as the interceptor mints it.
  private static final int TOKEN_LENGTH = 900;

  private Targets() {}

  static Target direct(URI stub) {
    String body =
        """
        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"send_email","arguments":%s,\
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientCapabilities":{},\
        "io.modelcontextprotocol/clientInfo":{"name":"load","version":"1"}}}}\
        """
            .formatted(ARGUMENTS);
    Map<String, String> headers =
        Map.of(
            "MCP-Protocol-Version", "2026-07-28",
            "Mcp-Method", "tools/call",
            "Mcp-Name", "send_email",
            "Authorization", "Bearer " + "x".repeat(TOKEN_LENGTH));
    RequestTemplate request = RequestTemplate.post(stub, headers, body);
    return new Target("direct", stub, request, LoadGenerator.Sessions.SHARED);
  }

  /// @param upstream the name under which the interceptor knows the stub
  static Target through(
      URI interceptor, String apiKey, String upstream, LoadGenerator.Sessions sessions) {
    URI url = interceptor.resolve("/proxy/execute");
    String body =
        """
        {"session_id":"load-%s","tool_name":"send_email","upstream":"%s","args":%s}\
        """
            .formatted(RequestTemplate.COUNTER, upstream, ARGUMENTS);
    RequestTemplate request = RequestTemplate.post(url, Map.of("X-API-Key", apiKey), body);
    return new Target("through", url, request, sessions);
  }
}
