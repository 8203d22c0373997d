package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// One row of `http/derived/mcp_header_body_cases.jsonl` of the external vectors: a request to
/// `/mcp` and what has to come of it.
///
/// @param code empty where any JSON-RPC code will do
/// @param upstreamRequests how many calls the tool server may see
record HeaderBodyCase(
    String id,
    String method,
    Lines headers,
    String body,
    int status,
    OptionalInt code,
    int upstreamRequests) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FILE =
      Path.of(System.getProperty("vectors", "../../shared/vectors"))
          .resolve("http/derived/mcp_header_body_cases.jsonl");

  static boolean arePresent() {
    return Files.isRegularFile(FILE);
  }

  static List<HeaderBodyCase> all() throws IOException {
    List<HeaderBodyCase> cases = new ArrayList<>();
    for (String line : Files.readAllLines(FILE)) {
      cases.add(of(JSON.readTree(line)));
    }
    return cases;
  }

  private static HeaderBodyCase of(JsonNode row) {
    Lines headers = Lines.of();
    for (JsonNode header : row.path("headers")) {
      headers = headers.with(header.path(0).asText(), header.path(1).asText());
    }
    JsonNode code = row.path("expect_jsonrpc_code");
    return new HeaderBodyCase(
        row.path("id").asText(),
        row.path("method").asText(),
        headers,
        row.path("body").asText(),
        row.path("expect_status").asInt(),
        code.isInt() ? OptionalInt.of(code.asInt()) : OptionalInt.empty(),
        row.path("upstream_requests").asInt());
  }

  /// The vectors accept any of three statuses for a bad host.
  boolean allows(int found) {
    return found == status
        || (id.startsWith("host-") && (found == 400 || found == 403 || found == 421));
  }

  @Override
  public String toString() {
    return id;
  }
}
