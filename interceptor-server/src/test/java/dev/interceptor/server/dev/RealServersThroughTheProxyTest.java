package dev.interceptor.server.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.NpmServers;
import dev.interceptor.server.upstream.PlainMcpClient;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real MCP servers from npm behind `/proxy/execute`: what the interceptor answers equals what the
/// servers answer when they are asked directly. Skipped where Node is missing.
class RealServersThroughTheProxyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POLICY =
      """
      version: 1
      name: real-servers
      static_rules: {read_text_file: ALLOW, edit_file: ALLOW, get-structured-content: ALLOW, echo: ALLOW}
      """;

  @TempDir Path folder;

  @Test
  void answersEqualThoseOfTheServersThemselves() throws IOException, InterruptedException {
    Path policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    Path files = Files.createDirectory(folder.resolve("files"));
    Path note = Files.writeString(files.resolve("note.txt"), "first line\nsecond line — ü\n");
    Path state = SharedStack.temporary();
    try (NpmServers servers = NpmServers.install()) {
      URI everything = servers.everything();
      URI filesystem = servers.filesystem(files);
      try (DevStack stack =
          DevStack.start(
              new DevStack.Settings(
                  state,
                  0,
                  0,
                  policy,
                  List.of(upstream("everything", everything), upstream("files", filesystem))))) {
        String read = "{\"path\":\"" + note + "\"}";
        assertThat(through(stack, "files", "read_text_file", read))
            .isEqualTo(directly(filesystem, "read_text_file", read));
        String edit =
            "{\"path\":\"%s\",\"edits\":[{\"oldText\":\"first\",\"newText\":\"1st\"}],\"dryRun\":true}"
                .formatted(note);
        assertThat(through(stack, "files", "edit_file", edit))
            .isEqualTo(directly(filesystem, "edit_file", edit));
        String weather = "{\"location\":\"Chicago\"}";
        assertThat(through(stack, "everything", "get-structured-content", weather))
            .isEqualTo(directly(everything, "get-structured-content", weather));
      }
    } finally {
      SharedStack.delete(state);
    }
  }

  private static UpstreamConfig upstream(String name, URI url) {
    return UpstreamConfig.of(new UpstreamName(name), url).withTimeout(Duration.ofSeconds(20));
  }

  private static JsonNode through(DevStack stack, String upstream, String tool, String args)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(stack.url() + "/proxy/execute"))
                    .header("Content-Type", "application/json")
                    .header("X-API-Key", stack.apiKey())
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"upstream\":\"%s\",\"tool_name\":\"%s\",\"args\":%s}"
                                .formatted(upstream, tool, args)))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    JsonNode body = JSON.readTree(response.body());
    assertThat(response.statusCode()).as(body.toString()).isEqualTo(200);
    return withoutEnvelope(body.path("result"));
  }

  /// What the protocol wraps around an answer is not part of it.
  private static JsonNode withoutEnvelope(JsonNode result) {
    return ((ObjectNode) result.deepCopy()).without(List.of("resultType", "_meta"));
  }

  private static JsonNode directly(URI server, String tool, String args)
      throws IOException, InterruptedException {
    try (PlainMcpClient client = PlainMcpClient.connect(server)) {
      return withoutEnvelope(
          client.result("tools/call", "{\"name\":\"%s\",\"arguments\":%s}".formatted(tool, args)));
    }
  }
}
