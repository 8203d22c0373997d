package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileUpstreamTest {
  private static final Duration TIMEOUT = Duration.ofMillis(700);
  private static final String RESULT = "{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}";
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @Test
  void anEndlessStreamEndsAtTheDeadline() throws IOException {
    Script endless =
        (_, wire) -> {
          wire.startStream();
          while (true) {
            wire.chunk(": still alive\n");
            pause(wire);
          }
        };
    expectWithinTime(endless, Fault.TIMEOUT);
  }

  @Test
  void aSlowDripEndsAtTheDeadline() throws IOException {
    Script drip =
        (_, wire) -> {
          wire.raw(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
          while (true) {
            wire.raw(" ");
            pause(wire);
          }
        };
    expectWithinTime(drip, Fault.TIMEOUT);
  }

  @Test
  void headersThatDripEndAtTheDeadline() throws IOException {
    Script drip =
        (_, wire) -> {
          wire.raw("HTTP/1.1 200 OK\r\n");
          while (true) {
            wire.raw("X-More: x\r\n");
            pause(wire);
          }
        };
    expectWithinTime(drip, Fault.TIMEOUT);
  }

  @Test
  void silenceEndsAtTheDeadline() throws IOException {
    expectWithinTime((_, _) -> {}, Fault.TIMEOUT);
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
    assertThat(reply(flood))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is longer than 65536 bytes"));
    assertThat(sent.get()).isLessThan(20L * 1024 * 1024);
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
    assertThat(reply(flood))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is longer than 65536 bytes"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999", "\"1\"", "null", "1.0"})
  void anAnswerToAnotherRequestIsNotUsed(String id) throws IOException {
    String body = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + RESULT + "}";
    assertThat(reply((_, wire) -> wire.json(200, body)))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is for another request"));
  }

  @Test
  void anIdOfTheOtherTypeIsAnotherRequest() throws IOException {
    Script typed =
        (request, wire) ->
            wire.json(
                200,
                "{\"jsonrpc\":\"2.0\",\"id\":\"" + request.id() + "\",\"result\":" + RESULT + "}");
    assertThat(reply(typed))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is for another request"));
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
    assertThat(reply(two))
        .isInstanceOfSatisfying(
            ToolReply.Completed.class,
            completed -> assertThat(completed.result().toString()).isEqualTo(RESULT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"jsonrpc\":\"2.0\"}",
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}]"
      })
  void anythingButOneMessageIsAProtocolFault(String body) throws IOException {
    assertThat(reply((_, wire) -> wire.json(200, body)))
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":[],\"content\":[1]}",
        "{\"content\":[\"\\ud800\"]}",
        "{\"content\":\"text\"}",
        "{}"
      })
  void aResultThatCannotBeHandedOnIsAProtocolFault(String result) throws IOException {
    assertThat(reply((request, wire) -> wire.result(request, result)))
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
  }

  @Test
  void deepNestingIsAProtocolFault() throws IOException {
    String deep = "{\"content\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
    assertThat(reply((request, wire) -> wire.result(request, deep)))
        .isInstanceOf(ToolReply.Unknown.class);
  }

  @Test
  void numbersArriveAsTheyWereSent() throws IOException {
    String result =
        "{\"content\":[],\"structuredContent\":[9007199254740993,1.10,123456789012345678901234567890]}";
    assertThat(reply((request, wire) -> wire.result(request, result)))
        .isInstanceOfSatisfying(
            ToolReply.Completed.class,
            completed -> assertThat(completed.result().toString()).isEqualTo(result));
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    try (var elsewhere = ScriptedServer.start((request, wire) -> wire.result(request, RESULT))) {
      Script redirect =
          (_, wire) -> wire.answer(307, "text/plain", "", "Location: " + elsewhere.url());
      assertThat(reply(redirect)).isEqualTo(unknown(Fault.PROTOCOL, "HTTP 307 to a request"));
      assertThat(elsewhere.received()).isEmpty();
    }
  }

  @Test
  void aBrokenConnectionLeavesTheCallUnknownAndIsNotRepeated() throws IOException {
    try (var server = ScriptedServer.modern((_, wire) -> wire.hangUp());
        ToolServer client = open(server.url())) {
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
    assertThat(reply(cut))
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
    assertThat(reply(error))
        .isEqualTo(new ToolReply.Failed(Fault.REFUSED, "HTTP 401, JSON-RPC error 7 EXPIRED"));
  }

  @Test
  void aQuestionInsteadOfAResultIsAFailure() throws IOException {
    String question = "{\"resultType\":\"input_required\",\"requestState\":\"x\"}";
    assertThat(reply((request, wire) -> wire.result(request, question)))
        .isEqualTo(new ToolReply.Failed(Fault.PROTOCOL, "the result is not complete"));
  }

  @Test
  void aCompressedAnswerIsNotUnpacked() throws IOException {
    assertThat(
            reply(
                (_, wire) -> wire.answer(200, "application/json", "xx", "Content-Encoding: gzip")))
        .isInstanceOf(ToolReply.Unknown.class);
  }

  @Test
  void anUnreachableServerHasNotGotTheCall() throws IOException {
    URI nobody;
    try (var server = ScriptedServer.modern((_, _) -> {})) {
      nobody = server.url();
    }
    try (ToolServer client = open(nobody)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.NotDelivered.class);
    }
  }

  @Test
  void aStreamThatStaysOpenAfterItsAnswerLosesItsConnection() throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    Script lingering =
        (request, wire) -> {
          wire.startStream();
          wire.chunk(
              "data: {\"jsonrpc\":\"2.0\",\"id\":"
                  + request.id()
                  + ",\"result\":"
                  + RESULT
                  + "}\n\n");
          try (var in = wire.socket().getInputStream()) {
            in.read();
          } finally {
            cut.countDown();
          }
        };
    try (var server = ScriptedServer.modern(lingering);
        ToolServer client = open(server.url())) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      assertThat(cut.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  /// A moment between two bytes of a peer that never finishes; ends when the client hangs up.
  private static void pause(ScriptedServer.Wire wire) throws IOException {
    wire.socket().setSoTimeout(20);
    try {
      if (wire.socket().getInputStream().read() < 0) {
        throw new IOException("the client hung up");
      }
    } catch (java.net.SocketTimeoutException e) {
      // The client is still waiting.
    }
  }

  private void expectWithinTime(Script onCall, Fault fault) throws IOException {
    try (var server = ScriptedServer.modern(onCall);
        ToolServer client = open(server.url())) {
      var call = calls.to(client, "t", "{}");
      long begun = System.nanoTime();
      ToolReply reply = client.forward(call);
      Duration taken = Duration.ofNanos(System.nanoTime() - begun);
      assertThat(reply)
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class, unknown -> assertThat(unknown.fault()).isEqualTo(fault));
      assertThat(taken).isLessThan(TIMEOUT.multipliedBy(3));
    }
  }

  private ToolReply reply(Script onCall) throws IOException {
    try (var server = ScriptedServer.modern(onCall);
        ToolServer client = open(server.url())) {
      return client.forward(calls.to(client, "t", "{}"));
    }
  }

  private static ToolReply unknown(Fault fault, String detail) {
    return new ToolReply.Unknown(fault, detail);
  }

  private static ToolServer open(URI url) {
    UpstreamConfig plain = UpstreamConfig.of(new UpstreamName("up"), url);
    return ToolServer.http(
        new UpstreamConfig(plain.name(), url, plain.audience(), TIMEOUT, 65_536, 4),
        InstantSource.system());
  }
}
