package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens between a call and its answer: progress, questions, patience and its end. MCP
/// 2026-07-28 (progress, multi round-trip requests, cancellation) and 2025-11-25.
class CallsUnderWayTest {
  private static final int MORE_TRIES = 5;
  private static final String TOOLS =
      Stream.of("quick", "steps", "slow", "asks", "watched")
          .map("{\"name\":\"%s\",\"inputSchema\":{\"type\":\"object\"}}"::formatted)
          .collect(java.util.stream.Collectors.joining(","));
  private static final String POLICY =
      """
      version: 1
      name: under-way
      static_rules: {"up__*": ALLOW, "other__*": ALLOW, "up__gated": DENY}
      result_rules:
        - {id: mail-addresses, tool: watched, detect: [pii], action: REDACT}
      """;
  private static final String QUESTION =
      """
      {"resultType":"input_required","requestState":"s-1","inputRequests":{"who":\
      {"method":"elicitation/create","params":{"mode":"form","message":"Who?","requestedSchema":\
      {"type":"object","properties":{"name":{"type":"string"}}}}}}}\
      """;
  private static final String ANSWERS =
      "{\"who\":{\"action\":\"accept\",\"content\":{\"name\":\"Ada\"}}}";

  @TempDir private static Path folder;

  private static DevStack stack;
  private static ModernUpstream up;
  private static ModernUpstream other;
  private static Wiring one;
  private static Wiring two;
  private static volatile CountDownLatch aborted = new CountDownLatch(1);

  @BeforeAll
  static void start() throws IOException {
    stack = SharedStack.get();
    up = ModernUpstream.start(TOOLS, CallsUnderWayTest::answer);
    other = ModernUpstream.start(TOOLS, call -> call.text("other"));
    one = wiring();
    two = wiring();
  }

  private static Wiring wiring() throws IOException {
    return SharedStack.another(
        folder,
        POLICY,
        List.of(
            UpstreamConfig.of(new UpstreamName("up"), up.url())
                .withTimeout(Duration.ofSeconds(20))
                .exposing(Set.of(Feature.ELICITATION)),
            UpstreamConfig.of(new UpstreamName("other"), other.url())));
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    up.close();
    other.close();
  }

  private static void answer(ModernUpstream.Call call) throws IOException {
    switch (call.tool()) {
      case "quick" -> call.text("done");
      case "steps", "watched" -> {
        OutputStream out = call.stream();
        call.progress(out, 1, "mail to ada@example.org");
        call.progress(out, 2, "half");
        ModernUpstream.Call.event(
            out,
            "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"resultType\":\"complete\",\"content\":[]}}"
                .formatted(call.body().path("id")));
      }
      case "slow" -> untilAborted(call);
      case "asks" -> {
        if (call.params().has("inputResponses")) {
          call.text("Hello " + call.params().at("/inputResponses/who/content/name").asText());
        } else {
          call.result(QUESTION);
        }
      }
      default -> throw new IllegalStateException(call.tool());
    }
  }

  /// Writes comments until the other end is gone.
  private static void untilAborted(ModernUpstream.Call call) {
    long end = RunningTime.nanoTime() + Duration.ofSeconds(15).toNanos();
    try {
      OutputStream out = call.stream();
      while (RunningTime.nanoTime() < end) {
        out.write(":\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        if (new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (IOException e) {
      aborted.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static McpWire client(Wiring server, String path) {
    return new McpWire(server.url() + path, stack.apiKey(), Optional.of("under-way"));
  }

  @Test
  void anAnswerAloneIsJson() throws IOException, InterruptedException {
    try (McpWire client = client(one, "/mcp/up")) {
      McpWire.Answer answer = client.modernCall("quick", "{}");
      for (int again = 0; again < MORE_TRIES && answer.streamed(); again++) {
        // What takes a second becomes a stream: here only where the machine stood still.
        answer = client.modernCall("quick", "{}");
      }
      assertThat(answer.streamed()).isFalse();
      assertThat(answer.result().at("/content/0/text").asText()).isEqualTo("done");
    }
  }

  @Test
  void progressArrivesUnderTheClientsToken() throws IOException, InterruptedException {
    try (McpWire client = client(one, "/mcp/up")) {
      McpWire.Answer answer =
          client.modern("tools/call", "steps", "\"name\":\"steps\"", ",\"progressToken\":\"mine\"");
      assertThat(answer.streamed()).isTrue();
      assertThat(answer.messages()).hasSize(3);
      assertThat(answer.messages().getFirst().path("params"))
          .isEqualTo(
              McpWire.parsed(
                  "{\"progressToken\":\"mine\",\"progress\":1,\"message\":\"mail to"
                      + " ada@example.org\"}"));
      client.initialize("2025-11-25");
      McpWire.Answer legacy =
          client.legacy("tools/call", "\"name\":\"steps\",\"_meta\":{\"progressToken\":7}");
      assertThat(legacy.messages().get(1).at("/params/progressToken").asInt()).isEqualTo(7);
    }
  }

  @Test
  void aClientThatAskedForNoProgressHearsNone() throws IOException, InterruptedException {
    try (McpWire client = client(one, "/mcp/up")) {
      assertThat(client.modernCall("steps", "{}").messages()).hasSize(1);
    }
  }

  @Test
  void whatTheToolSaysOnTheWayIsDroppedWhereResultsAreInspected()
      throws IOException, InterruptedException {
    try (McpWire client = client(one, "/mcp/up")) {
      McpWire.Answer answer =
          client.modern("tools/call", "watched", "\"name\":\"watched\"", ",\"progressToken\":1");
      assertThat(answer.messages()).hasSize(3);
      assertThat(answer.messages().getFirst().path("params"))
          .hasToString("{\"progress\":1.0,\"progressToken\":1}");
    }
  }

  @Test
  void aModernClientThatLeavesEndsItsCall() throws IOException, InterruptedException {
    aborted = new CountDownLatch(1);
    try (RawPost post = new RawPost(one.url(), "/mcp/up", stack.apiKey())) {
      post.send(
          "Mcp-Name: slow\r\nMcp-Method: tools/call\r\nMCP-Protocol-Version: 2026-07-28\r\n",
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"slow\",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}");
      assertThat(post.readUntil("text/event-stream")).isTrue();
    }
    assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aLegacyClientCancelsAtWhicheverInstance() throws IOException, InterruptedException {
    for (Wiring second : List.of(one, two)) {
      aborted = new CountDownLatch(1);
      try (McpWire client = client(one, "/mcp/up");
          McpWire elsewhere = client(second, "/mcp/up")) {
        elsewhere.share(client.initialize("2025-11-25"));
        try (Stream<String> lines =
            client
                .open(
                    "{\"jsonrpc\":\"2.0\",\"id\":\"c-1\",\"method\":\"tools/call\",\"params\":{\"name\":\"slow\"}}")
                .body()) {
          elsewhere.post(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"c-1\"}}");
          assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();
          assertThat(lines.filter(line -> line.startsWith("data:"))).isEmpty();
        }
      }
    }
  }

  @Test
  void aQuestionReachesAModernClientAndItsAnswerIsBoundByTheToken() throws Exception {
    try (McpWire client = client(one, "/mcp/up").declaring("{\"elicitation\":{\"form\":{}}}")) {
      JsonNode question = client.modernCall("asks", "{}").result();
      assertThat(question.path("resultType").asText()).isEqualTo("input_required");
      assertThat(question.at("/inputRequests/who/params/message").asText()).isEqualTo("Who?");
      JsonNode answer =
          client
              .modern(
                  "tools/call",
                  "asks",
                  "\"name\":\"asks\",\"arguments\":{},\"requestState\":\"s-1\",\"inputResponses\":"
                      + ANSWERS)
              .result();
      assertThat(answer.at("/content/0/text").asText()).isEqualTo("Hello Ada");
      assertThat(up.calls().getLast().claims().path("r_hash").asText())
          .isEqualTo(
              Continuation.of(
                      StrictJson.parseObject(
                          ("{\"requestState\":\"s-1\",\"inputResponses\":" + ANSWERS + "}")
                              .getBytes(StandardCharsets.UTF_8),
                          JsonLimits.DEFAULT))
                  .orElseThrow()
                  .digest()
                  .hex());
    }
  }

  @Test
  void aClientIsOnlyAskedWhatItDeclaredAndTheUpstreamMayAsk()
      throws IOException, InterruptedException {
    try (McpWire client =
        client(one, "/mcp/up").declaring("{\"sampling\":{},\"elicitation\":{\"form\":{}}}")) {
      client.modernCall("quick", "{}");
      assertThat(
              up.calls()
                  .getLast()
                  .params()
                  .at("/_meta/io.modelcontextprotocol~1clientCapabilities"))
          .hasToString("{\"elicitation\":{\"form\":{}}}");
    }
  }

  @Test
  void theTraceOfACallGoesOnAtTheToolServer() throws IOException, InterruptedException {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (McpWire client = client(one, "/mcp/up")) {
      client.modern(
          "tools/call",
          "quick",
          "\"name\":\"quick\"",
          ",\"traceparent\":\"" + parent + "\",\"tracestate\":\"a=b\"");
      JsonNode meta = up.calls().getLast().params().path("_meta");
      assertThat(meta.path("traceparent").asText()).isEqualTo(parent);
      assertThat(meta.has("tracestate")).isFalse();
    }
  }

  @Test
  void aQuestionReachesALegacyClientWhoseAnswerMayArriveAtAnotherInstance()
      throws IOException, InterruptedException {
    for (Wiring second : List.of(one, two)) {
      try (McpWire client = client(one, "/mcp/up").declaring("{\"elicitation\":{}}");
          McpWire elsewhere = client(second, "/mcp/up")) {
        elsewhere.share(client.initialize("2025-11-25"));
        try (Stream<String> lines =
            client
                .open(
                    "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\",\"params\":{\"name\":\"asks\"}}")
                .body()) {
          Iterator<JsonNode> messages =
              lines
                  .filter(line -> line.startsWith("data: "))
                  .map(line -> McpWire.parsed(line.substring(6)))
                  .iterator();
          JsonNode question = messages.next();
          assertThat(question.path("method").asText()).isEqualTo("elicitation/create");
          assertThat(question.at("/params/message").asText()).isEqualTo("Who?");
          elsewhere.post(
              "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"action\":\"accept\",\"content\":{\"name\":\"Ada\"}}}"
                  .formatted(question.path("id")));
          JsonNode answer = messages.next();
          assertThat(answer.at("/result/content/0/text").asText()).isEqualTo("Hello Ada");
        }
      }
      assertThat(up.calls().getLast().claims().has("r_hash")).isTrue();
    }
  }

  @Test
  void severalUpstreamsShareOneListUnderTheirNames() throws IOException, InterruptedException {
    try (McpWire client = client(one, "/mcp")) {
      JsonNode tools = client.modern("tools/list", "", "").result().path("tools");
      assertThat(tools.findValuesAsText("name"))
          .contains("up__quick", "other__quick")
          .doesNotContain("quick", "up__gated");
      assertThat(client.modernCall("other__quick", "{}").result().at("/content/0/text").asText())
          .isEqualTo("other");
      for (String unknown : List.of("quick", "nobody__quick", "up_quick", "__quick")) {
        assertThat(client.modernCall(unknown, "{}").error().path("code").asInt())
            .as(unknown)
            .isEqualTo(-32602);
      }
    }
    try (McpWire client = client(one, "/mcp/nobody")) {
      assertThat(client.modernCall("quick", "{}").status()).isEqualTo(404);
    }
  }
}
