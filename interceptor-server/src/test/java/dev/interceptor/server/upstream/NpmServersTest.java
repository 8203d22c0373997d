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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
  void theLegacyServerTellsHowFarItIsAndIsLeftAlone() throws Exception {
    try (NpmServers servers = NpmServers.install();
        ToolServer client = open(servers.everything(), Feature.values())) {
      String tool = "trigger-long-running-operation";
      TestCaller patient = TestCaller.listening();
      assertThat(client.forward(calls.to(client, tool, "{\"duration\":0.3,\"steps\":3}"), patient))
          .isInstanceOf(ToolReply.Completed.class);
      assertThat(patient.heard())
          .extracting(notice -> notice.params().path("progress").intValue())
          .containsExactly(1, 2, 3);

      TestCaller leaving = TestCaller.listening();
      var reply = new CompletableFuture<ToolReply>();
      var call = calls.to(client, tool, "{\"duration\":60,\"steps\":600}");
      Thread.startVirtualThread(() -> reply.complete(client.forward(call, leaving)));
      Clients.await(() -> !leaving.heard().isEmpty());
      leaving.leave();
      assertThat(reply.get())
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class,
              unknown -> assertThat(unknown.fault()).isEqualTo(ToolReply.Fault.ABANDONED));
      assertThat(client.forward(calls.to(client, "echo", "{\"message\":\"still there\"}")))
          .isInstanceOf(ToolReply.Completed.class);
    }
  }

  @Test
  void theLegacyServersResourcesAndPromptsAreReached() throws Exception {
    try (NpmServers servers = NpmServers.install();
        ToolServer client = open(servers.everything(), Feature.values())) {
      assertThat(client.listed(Listed.PROMPTS)).isNotEmpty();
      assertThat(client.listed(Listed.RESOURCE_TEMPLATES)).isNotEmpty();
      String uri = client.listed(Listed.RESOURCES).getFirst().path("uri").asText();
      String params = Messages.object().put("uri", uri).toString();
      assertThat(client.forward(calls.to(client, "resources/read", params)))
          .isInstanceOf(ToolReply.Completed.class);
      assertThat(client.forward(calls.to(client, "resources/read", "{\"uri\":\"no:such\"}")))
          .isInstanceOfSatisfying(
              ToolReply.RpcError.class,
              erred -> assertThat(erred.error().path("code").intValue()).isEqualTo(-32602));
      assertThat(client.forward(calls.to(client, "prompts/get", "{\"name\":\"simple-prompt\"}")))
          .isInstanceOf(ToolReply.Completed.class);
      try (var _ = client.listen(new Interests(true, true, true, Set.of(uri)), _ -> {}, () -> {})) {
        assertThat(client.tools()).isNotEmpty();
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

  private static ToolServer open(URI url, Feature... exposed) {
    return ToolServer.open(
        UpstreamConfig.of(new UpstreamName("npm"), url)
            .withTimeout(Duration.ofSeconds(20))
            .exposing(Set.of(exposed)),
        InstantSource.system());
  }
}
