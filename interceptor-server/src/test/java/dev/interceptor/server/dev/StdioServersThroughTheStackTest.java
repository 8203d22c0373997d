package dev.interceptor.server.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.NpmServers;
import dev.interceptor.server.upstream.Target;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real MCP servers from npm that the interceptor starts itself, behind `/proxy/execute` and
/// `/mcp`. Skipped where Node is missing.
@Tag("npm")
class StdioServersThroughTheStackTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String POLICY =
      """
      version: 1
      name: stdio-servers
      static_rules: {read_text_file: ALLOW, get-sum: ALLOW}
      """;

  @TempDir Path folder;

  @Test
  void theirToolsAreListedCalledAndDeniedLikeAnyOther() throws IOException, InterruptedException {
    Path policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    Path files = Files.createDirectory(folder.resolve("files")).toRealPath();
    Path note = Files.writeString(files.resolve("note.txt"), "grüße\n");
    String read = "{\"path\":\"" + note + "\"}";
    String write = "{\"path\":\"" + note + "\",\"content\":\"gone\"}";
    Path state = SharedStack.temporary();
    Set<ProcessHandle> before = children();
    try (NpmServers servers = NpmServers.install();
        DevStack stack =
            DevStack.start(
                new DevStack.Settings(
                    state,
                    0,
                    0,
                    policy,
                    List.of(
                        upstream("files", servers.filesystemCommand(files)),
                        upstream("everything", servers.everythingCommand()))))) {
      assertThat(proxy(stack, "files", "read_text_file", read).path("result").toString())
          .contains("grüße");
      assertThat(proxy(stack, "everything", "get-sum", "{\"a\":1,\"b\":2}").toString())
          .contains("The sum of 1 and 2 is 3");
      assertThat(proxy(stack, "files", "write_file", write).path("reason").asText())
          .isEqualTo("TOOL_NOT_LISTED");

      List<String> names = new ArrayList<>();
      mcp(stack, "tools/list", "")
          .path("tools")
          .forEach(tool -> names.add(tool.path("name").asText()));
      assertThat(names)
          .contains("files__read_text_file", "everything__get-sum")
          .doesNotContain("files__write_file");
      assertThat(mcp(stack, "tools/call", call("files__read_text_file", read)).toString())
          .contains("grüße");
      JsonNode denied = mcp(stack, "tools/call", call("files__write_file", write));
      assertThat(denied.path("isError").asBoolean()).isTrue();
      assertThat(note).hasContent("grüße\n");
    } finally {
      SharedStack.delete(state);
    }
    assertThat(children()).isSubsetOf(before);
  }

  private static Set<ProcessHandle> children() {
    return ProcessHandle.current().descendants().collect(Collectors.toSet());
  }

  private static UpstreamConfig upstream(String name, Target.Command command) {
    return UpstreamConfig.of(new UpstreamName(name), command).withTimeout(Duration.ofSeconds(20));
  }

  private static JsonNode proxy(DevStack stack, String upstream, String tool, String args)
      throws IOException, InterruptedException {
    return post(
        request(stack, "/proxy/execute"),
        "{\"upstream\":\"%s\",\"tool_name\":\"%s\",\"args\":%s}".formatted(upstream, tool, args));
  }

  private static String call(String tool, String arguments) {
    return "\"name\":\"%s\",\"arguments\":%s,".formatted(tool, arguments);
  }

  private static JsonNode mcp(DevStack stack, String method, String params)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(stack, "/mcp")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", method);
    if (!params.isEmpty()) {
      request.header("Mcp-Name", params.split("\"", 5)[3]);
    }
    String body =
        """
        {"jsonrpc":"2.0","id":1,"method":"%s","params":{%s"_meta":{\
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientCapabilities":{}}}}\
        """
            .formatted(method, params);
    JsonNode answer = post(request, body);
    assertThat(answer.has("result")).as(answer.toString()).isTrue();
    return answer.path("result");
  }

  private static HttpRequest.Builder request(DevStack stack, String path) {
    return HttpRequest.newBuilder(URI.create(stack.url() + path))
        .header("Content-Type", "application/json")
        .header("X-API-Key", stack.apiKey());
  }

  /// The answer, also where it is the last event of a stream.
  private static JsonNode post(HttpRequest.Builder request, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        HTTP.send(
            request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
    String type = response.headers().firstValue("Content-Type").orElse("");
    return JSON.readTree(
        type.startsWith("text/event-stream")
            ? response
                .body()
                .lines()
                .filter(line -> line.startsWith("data:"))
                .reduce((_, last) -> last)
                .orElseThrow()
                .substring("data:".length())
            : response.body());
  }
}
