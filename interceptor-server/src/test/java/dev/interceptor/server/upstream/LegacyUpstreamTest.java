package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.ScriptedServer.Received;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyUpstreamTest {
  private static final String RESULT = "{\"content\":[]}";
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @Test
  void everyCustomerHasASessionOfItsOwn() throws IOException {
    try (var server = ScriptedServer.legacy((r, w) -> w.result(r, RESULT));
        ToolServer client = open(server)) {
      client.forward(calls.to(client, "acme", "t", "{}"));
      client.forward(calls.to(client, "globex", "t", "{}"));
      client.forward(calls.to(client, "acme", "t", "{}"));
      List<String> sessions =
          server.received("tools/call").stream()
              .map(request -> request.header("Mcp-Session-Id").orElseThrow())
              .toList();
      assertThat(sessions.get(0)).isNotEqualTo(sessions.get(1)).isEqualTo(sessions.get(2));
      assertThat(server.received("tools/call").getFirst().header("MCP-Protocol-Version"))
          .contains("2025-11-25");
    }
  }

  @ParameterizedTest
  @CsvSource({"404,-32001", "404,-32000", "400,-32000"})
  void aLostSessionIsOpenedAgainOnce(int status, int code) throws IOException {
    AtomicBoolean lost = new AtomicBoolean(true);
    Script forgetful =
        (request, wire) -> {
          if (lost.getAndSet(false)) {
            wire.error(request, status, code);
          } else {
            wire.result(request, RESULT);
          }
        };
    try (var server = ScriptedServer.legacy(forgetful);
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      List<Received> sent = server.received("tools/call");
      assertThat(sent).hasSize(2);
      assertThat(sent.get(0).header("Mcp-Session-Id"))
          .isNotEqualTo(sent.get(1).header("Mcp-Session-Id"));
    }
  }

  @Test
  void aSecondLossIsARefusal() throws IOException {
    try (var server = ScriptedServer.legacy((r, w) -> w.error(r, 404, -32000));
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isEqualTo(new ToolReply.Failed(Fault.REFUSED, "HTTP 404, JSON-RPC error -32000"));
      assertThat(server.received("tools/call")).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"200,-32602", "400,-32602", "500,-32000", "401,1401"})
  void anyOtherErrorIsNotRepeated(int status, int code) throws IOException {
    try (var server = ScriptedServer.legacy((r, w) -> w.error(r, status, code));
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOfAny(ToolReply.Failed.class, ToolReply.RpcError.class);
      assertThat(server.received("tools/call")).hasSize(1);
    }
  }

  @Test
  void aPingOnTheStreamIsAnsweredAndOtherRequestsAreRefused() throws IOException {
    Script asking =
        (request, wire) -> {
          if (request.json().has("result") || request.json().has("error")) {
            wire.answer(202, "text/plain", "");
            return;
          }
          wire.startStream();
          wire.chunk("id: 1\ndata:\n\n");
          wire.chunk("data: {\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}\n\n");
          wire.chunk(
              "data: {\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"sampling/createMessage\"}\n\n");
          wire.chunk("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n");
          wire.chunk(
              "data: {\"jsonrpc\":\"2.0\",\"id\":"
                  + request.id()
                  + ",\"result\":"
                  + RESULT
                  + "}\n\n");
          wire.endStream();
        };
    try (var server = ScriptedServer.legacy(asking);
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      List<String> replies =
          server.received().stream()
              .filter(request -> request.json().has("id") && !request.json().has("method"))
              .map(Received::text)
              .toList();
      assertThat(replies.get(0)).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"result\":{}}");
      assertThat(replies.get(1)).contains("\"id\":7,\"error\":{\"code\":-32601");
    }
  }

  @Test
  void aLegacyServerMayNotAskWithoutEnd() throws IOException {
    Script asking =
        (request, wire) -> {
          if (!request.method().equals("tools/call")) {
            wire.answer(202, "text/plain", "");
            return;
          }
          wire.startStream();
          for (int i = 0; true; i++) {
            wire.event("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"ping\"}");
          }
        };
    try (var server = ScriptedServer.legacy(asking);
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class,
              unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
    }
  }

  @Test
  void aServerWithoutSessionsIsServed() throws IOException {
    Script sessionless =
        (request, wire) -> {
          switch (request.method()) {
            case "server/discover" -> wire.error(request, 404, -32601);
            case "initialize" -> wire.result(request, "{\"protocolVersion\":\"2025-03-26\"}");
            case "notifications/initialized" -> wire.answer(202, "text/plain", "");
            default -> wire.result(request, RESULT);
          }
        };
    try (var server = ScriptedServer.start(sessionless);
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      Received call = server.received("tools/call").getFirst();
      assertThat(call.header("Mcp-Session-Id")).isEmpty();
      assertThat(call.header("MCP-Protocol-Version")).isEmpty();
    }
  }

  @Test
  void anUnknownVersionIsNotSpoken() throws IOException {
    Script future =
        (request, wire) -> {
          switch (request.method()) {
            case "server/discover" -> wire.error(request, 404, -32601);
            default -> wire.result(request, "{\"protocolVersion\":\"1999-01-01\"}");
          }
        };
    try (var server = ScriptedServer.start(future);
        ToolServer client = open(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received("tools/call")).isEmpty();
    }
  }

  private static ToolServer open(ScriptedServer server) {
    return ToolServer.open(
        UpstreamConfig.of(new UpstreamName("up"), server.url()), InstantSource.system());
  }
}
