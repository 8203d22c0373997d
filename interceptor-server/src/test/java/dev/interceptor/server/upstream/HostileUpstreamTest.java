package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.upstream.ScriptedServer.Script;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileUpstreamTest {
  private static final String RESULT = "{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}";
  private final AuthorizedCalls calls = AuthorizedCalls.create();
  private final HostileServer hostile = new HostileServer(calls);

  @Test
  void anEndlessStreamEndsAtTheDeadline() throws IOException {
    Script endless =
        (_, wire) -> {
          wire.startStream();
          while (true) {
            wire.chunk(": still alive\n");
            wire.pause();
          }
        };
    expectTimeout(endless);
  }

  @Test
  void aSlowDripEndsAtTheDeadline() throws IOException {
    Script drip =
        (_, wire) -> {
          wire.raw(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
          while (true) {
            wire.raw(" ");
            wire.pause();
          }
        };
    expectTimeout(drip);
  }

  @Test
  void headersThatDripEndAtTheDeadline() throws IOException {
    Script drip =
        (_, wire) -> {
          wire.raw("HTTP/1.1 200 OK\r\n");
          while (true) {
            wire.raw("X-More: x\r\n");
            wire.pause();
          }
        };
    expectTimeout(drip);
  }

  @Test
  void silenceEndsAtTheDeadline() throws IOException {
    expectTimeout((_, _) -> {});
  }

  @Test
  void twoHundredMegabytesAreNotRead() throws IOException {
    AtomicLong sent = new AtomicLong();
    Script flood =
        (_, wire) -> {
          wire.raw(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 209715200\r\n\r\n");
          byte[] block = new byte[64 * 1024];
          for (int i = 0; i < 3200; i++) {
            wire.out().write(block);
            sent.addAndGet(block.length);
          }
        };
    assertThat(hostile.reply(flood))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is longer than 65536 bytes"));
    assertThat(sent.get()).isLessThan(20L * 1024 * 1024);
  }

  @Test
  void twoHundredMegabytesOfEventsAreNotRead() throws IOException {
    AtomicLong sent = new AtomicLong();
    String notice =
        "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"data\":\""
            + "x".repeat(60_000)
            + "\"}}\n\n";
    Script flood =
        (_, wire) -> {
          wire.startStream();
          for (int i = 0; i < 3400; i++) {
            wire.chunk(notice);
            sent.addAndGet(notice.length());
          }
        };
    assertThat(hostile.reply(flood))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is longer than 65536 bytes"));
    assertThat(sent.get()).isLessThan(20L * 1024 * 1024);
  }

  @Test
  void endlessProgressIsGivenUp() throws IOException {
    Script busy =
        (request, wire) -> {
          wire.startStream();
          for (int i = 0; true; i++) {
            wire.notice(
                "notifications/progress",
                "{\"progressToken\":" + request.id() + ",\"progress\":" + i + "}");
          }
        };
    TestCaller caller = TestCaller.listening();
    try (var server = ScriptedServer.modern(busy);
        ToolServer client = Clients.of(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}"), caller))
          .isEqualTo(unknown(Fault.PROTOCOL, "more than 10000 notices"));
      assertThat(caller.heard()).hasSize(RpcChannel.MAX_NOTICES);
    }
  }

  @Test
  void aModernServerMayNotAskOnTheStream() throws IOException {
    Script asking =
        (request, wire) -> {
          wire.startStream();
          wire.event("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sampling/createMessage\"}");
          wire.resultEvent(request, RESULT);
        };
    assertThat(hostile.reply(asking))
        .isEqualTo(
            unknown(Fault.PROTOCOL, "the server made a request that the protocol does not allow"));
  }

  @Test
  void headersThatAimAtClientsGoNowhere() throws IOException {
    Script aiming =
        (request, wire) ->
            wire.result(
                request,
                RESULT,
                "WWW-Authenticate: Bearer resource_metadata=\"http://elsewhere.example/\"",
                "Set-Cookie: a=b",
                "Location: http://elsewhere.example/");
    try (var server = ScriptedServer.modern(aiming);
        ToolServer client = Clients.of(server)) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.forward(calls.to(client, "t", "{}")).toString())
            .isEqualTo("Completed[result=" + RESULT + "]");
      }
      assertThat(server.received("tools/call").get(1).header("Cookie")).isEmpty();
    }
  }

  @Test
  void anEndlessEventIsNotCollected() throws IOException {
    Script flood =
        (_, wire) -> {
          wire.startStream();
          wire.chunk("data: ");
          while (true) {
            wire.chunk("x".repeat(8192));
          }
        };
    assertThat(hostile.reply(flood))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is longer than 65536 bytes"));
  }

  @Test
  void onlyTheFirstOfTwoAnswersCounts() throws IOException {
    Script two =
        (request, wire) -> {
          wire.startStream();
          String id = request.id();
          wire.chunk("data: {\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + RESULT + "}\n\n");
          wire.chunk(
              "data: {\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"content\":[]}}\n\n");
          wire.endStream();
        };
    assertThat(hostile.reply(two))
        .isInstanceOfSatisfying(
            ToolReply.Completed.class,
            completed -> assertThat(completed.result().toString()).isEqualTo(RESULT));
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    try (var elsewhere = ScriptedServer.start((request, wire) -> wire.result(request, RESULT))) {
      Script redirect =
          (_, wire) -> wire.answer(307, "text/plain", "", "Location: " + elsewhere.url());
      assertThat(hostile.reply(redirect))
          .isEqualTo(unknown(Fault.PROTOCOL, "HTTP 307 to a request"));
      assertThat(elsewhere.received()).isEmpty();
    }
  }

  @Test
  void aBrokenConnectionLeavesTheCallUnknownAndIsNotRepeated() throws IOException {
    try (var server = ScriptedServer.modern((_, wire) -> wire.hangUp());
        ToolServer client = Clients.of(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class,
              unknown -> assertThat(unknown.fault()).isEqualTo(Fault.DISCONNECTED));
      assertThat(server.received("tools/call")).hasSize(1);
    }
  }

  @Test
  void anAnswerCutInTheMiddleIsUnknown() throws IOException {
    Script cut =
        (_, wire) -> {
          wire.raw(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"js");
          wire.hangUp();
        };
    assertThat(hostile.reply(cut))
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.DISCONNECTED));
  }

  @Test
  void anErrorIsARefusalThatRepeatsNoTextOfThePeer() throws IOException {
    Script error =
        (request, wire) ->
            wire.json(
                401,
                "{\"jsonrpc\":\"2.0\",\"id\":"
                    + request.id()
                    + ",\"error\":{\"code\":7,\"message\":\"secret\",\"data\":{\"reason\":\"EXPIRED\"}}}",
                "WWW-Authenticate: Bearer realm=x");
    assertThat(hostile.reply(error))
        .isEqualTo(new ToolReply.Failed(Fault.REFUSED, "HTTP 401, JSON-RPC error 7 EXPIRED"));
  }

  @Test
  void anUnreachableServerHasNotGotTheCall() {
    URI nobody = URI.create("http://127.0.0.1:1/mcp");
    try (ToolServer client = Clients.bounded(nobody, Duration.ofSeconds(5), 65_536)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
    }
  }

  private void expectTimeout(Script onCall) throws IOException {
    ToolReply reply = hostile.replyToHurriedCall(onCall);
    if (reply instanceof ToolReply.NotDelivered) {
      // The machine stood still before anything had left.
      reply = hostile.replyToHurriedCall(onCall);
    }
    assertThat(reply)
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.TIMEOUT));
  }

  private static ToolReply unknown(Fault fault, String detail) {
    return new ToolReply.Unknown(fault, detail);
  }
}
