package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.UpstreamName;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("npm")
class NpmServersTest {
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @Test
  void theLegacyServerIsListedAndCalledAsDirectly() throws Exception {
    try (NpmServers servers = NpmServers.install()) {
      URI url = servers.everything();
      try (ToolServer client = open(url);
          PlainMcpClient direct = PlainMcpClient.connect(url)) {
        assertThat(names(client)).isEqualTo(names(direct)).contains("echo");
        assertSameAnswer(client, direct, "echo", "{\"message\":\"grüße 😀 \\\"quoted\\\"\"}");
        assertSameAnswer(client, direct, "get-structured-content", "{\"location\":\"Chicago\"}");
        assertSameAnswer(client, direct, "get-sum", "{\"a\":0.5,\"b\":1e3}");
        assertSameAnswer(client, direct, "get-sum", "{\"a\":\"not a number\"}");
      }
    }
  }

  @Test
  void theModernBridgeReadsARealFileAsDirectly(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(folder.toRealPath().resolve("notes.txt"), "one\ntwo\nthree grüße\n");
    try (NpmServers servers = NpmServers.install()) {
      URI url = servers.filesystem(folder);
      try (ToolServer client = open(url);
          PlainMcpClient direct = PlainMcpClient.connect(url)) {
        assertThat(names(client)).isEqualTo(names(direct)).contains("read_text_file");
        String path = Messages.object().put("path", file.toString()).toString();
        JsonNode read = assertSameAnswer(client, direct, "read_text_file", path);
        assertThat(read.path("content").path(0).path("text").asText()).contains("three grüße");
        assertSameAnswer(client, direct, "read_text_file", "{\"path\":\"/etc/hostname\"}");
        assertSameAnswer(client, direct, "edit_file", dryEdit(file));
      }
    }
  }

  /// Nested arguments: an array of objects.
  private static String dryEdit(Path file) {
    ObjectNode arguments = Messages.object().put("path", file.toString()).put("dryRun", true);
    var edits = arguments.putArray("edits");
    edits.addObject().put("oldText", "one").put("newText", "1");
    edits.addObject().put("oldText", "two").put("newText", "\"2\"\n");
    return arguments.toString();
  }

  private JsonNode assertSameAnswer(
      ToolServer client, PlainMcpClient direct, String tool, String arguments) throws Exception {
    ToolReply reply = client.forward(calls.to(client, tool, arguments));
    assertThat(reply).isInstanceOf(ToolReply.Completed.class);
    JsonNode ours =
        Messages.parse(
            ((ToolReply.Completed) reply)
                .result()
                .toString()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    JsonNode theirs =
        direct.result("tools/call", "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + "}");
    for (String member : List.of("content", "structuredContent", "isError")) {
      assertThat(ours.path(member).toString())
          .as(tool + " " + member)
          .isEqualTo(theirs.path(member).toString());
    }
    return ours;
  }

  private static List<String> names(ToolServer server) {
    return server.tools().stream().map(tool -> tool.name().value()).toList();
  }

  private static List<String> names(PlainMcpClient direct) throws Exception {
    List<String> names = new ArrayList<>();
    direct
        .result("tools/list", "{}")
        .path("tools")
        .forEach(tool -> names.add(tool.path("name").asText()));
    return names;
  }

  private static ToolServer open(URI url) {
    return ToolServer.http(
        UpstreamConfig.of(new UpstreamName("npm"), url).withTimeout(Duration.ofSeconds(20)),
        InstantSource.system());
  }
}
