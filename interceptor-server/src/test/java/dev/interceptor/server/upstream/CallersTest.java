package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.server.upstream.ScriptedServer.Received;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import dev.interceptor.server.upstream.ScriptedServer.Wire;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallersTest {
  private static final String RESULT = "{\"content\":[]}";
  private static final String CAPABILITIES =
      "{\"elicitation\":{\"form\":{}},\"sampling\":{\"context\":{}},\"roots\":{\"listChanged\":true},"
          + "\"experimental\":{\"x\":{}},\"extensions\":{\"y\":{}}}";

  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @Test
  void progressOfThisCallIsHeardAsLongAsItGrows() throws IOException {
    Script working =
        (request, wire) -> {
          JsonNode token = request.json().path("params").path("_meta").path("progressToken");
          wire.startStream();
          progress(wire, token.toString(), "1");
          progress(wire, token.toString(), "1");
          progress(wire, token.toString(), "0.5");
          progress(wire, "\"" + token + "\"", "2");
          progress(wire, "99999", "3");
          progress(wire, token.toString(), "\"4\"");
          progress(wire, token.toString(), "1.5,\"total\":3,\"message\":\"half\"");
          wire.notice("notifications/tools/list_changed", "{}");
          wire.notice("notifications/resources/updated", "{\"uri\":\"a:b\"}");
          wire.resultEvent(request, RESULT);
          wire.endStream();
        };
    for (ScriptedServer server :
        List.of(ScriptedServer.modern(working), ScriptedServer.legacy(working))) {
      TestCaller caller = TestCaller.listening();
      try (server;
          ToolServer client = Clients.of(server)) {
        assertThat(client.forward(calls.to(client, "t", "{}"), caller))
            .isInstanceOf(ToolReply.Completed.class);
        assertThat(caller.heard())
            .extracting(notice -> notice.params().path("progress").asText())
            .containsExactly("1", "1.5");
        assertThat(caller.heard().get(1).params().path("message").asText()).isEqualTo("half");
      }
    }
  }

  private static void progress(Wire wire, String token, String progress) throws IOException {
    wire.notice(
        "notifications/progress",
        "{\"progressToken\":" + token + ",\"progress\":" + progress + "}");
  }

  @Test
  void aCallerThatWantsNothingTellsNothing() throws IOException {
    try (var modern = ScriptedServer.modern((r, w) -> w.result(r, RESULT));
        var legacy = ScriptedServer.legacy((r, w) -> w.result(r, RESULT));
        ToolServer toModern = Clients.of(modern, Feature.values());
        ToolServer toLegacy = Clients.of(legacy, Feature.values())) {
      toModern.forward(calls.to(toModern, "t", "{}"));
      toLegacy.forward(calls.to(toLegacy, "t", "{}"));
      JsonNode meta = meta(modern);
      assertThat(meta.path("io.modelcontextprotocol/clientCapabilities").toString())
          .isEqualTo("{}");
      assertThat(meta.has("progressToken")).isFalse();
      assertThat(meta.has("io.modelcontextprotocol/logLevel")).isFalse();
      assertThat(legacy.received("tools/call").getFirst().json().path("params").has("_meta"))
          .isFalse();
    }
  }

  @Test
  void aServerIsToldWhatIsExposedOfItsCaller() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, RESULT));
        ToolServer some = Clients.of(server, Feature.ELICITATION, Feature.LOGGING)) {
      some.forward(calls.to(some, "t", "{}"), new TestCaller(CAPABILITIES, Optional.of("warning")));
      JsonNode meta = meta(server);
      assertThat(meta.path("io.modelcontextprotocol/clientCapabilities").toString())
          .isEqualTo("{\"elicitation\":{\"form\":{}}}");
      assertThat(meta.path("io.modelcontextprotocol/logLevel").asText()).isEqualTo("warning");
      assertThat(meta.path("progressToken").toString())
          .isEqualTo(server.received("tools/call").getFirst().id());
    }
  }

  @Test
  void capabilitiesThatAreNotExposedAreNotShown() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, RESULT));
        ToolServer none = Clients.of(server);
        ToolServer all = Clients.of(server, Feature.values())) {
      none.forward(calls.to(none, "t", "{}"), new TestCaller(CAPABILITIES, Optional.of("warning")));
      assertThat(meta(server).path("io.modelcontextprotocol/clientCapabilities").toString())
          .isEqualTo("{}");
      assertThat(meta(server).has("io.modelcontextprotocol/logLevel")).isFalse();
      all.forward(calls.to(all, "t", "{}"), new TestCaller(CAPABILITIES, Optional.empty()));
      JsonNode shown =
          server
              .received("tools/call")
              .get(1)
              .json()
              .path("params")
              .path("_meta")
              .path("io.modelcontextprotocol/clientCapabilities");
      assertThat(shown.size()).isEqualTo(3);
      assertThat(shown.path("roots").toString()).isEqualTo("{\"listChanged\":true}");
    }
  }

  @Test
  void logMessagesAreHeardFromTheWantedLevelOnIfTheyAreExposed() throws IOException {
    Script logging =
        (request, wire) -> {
          wire.startStream();
          for (String level : new String[] {"info", "warning", "emergency", "loud"}) {
            wire.notice("notifications/message", "{\"level\":\"" + level + "\",\"data\":1}");
          }
          wire.resultEvent(request, RESULT);
          wire.endStream();
        };
    for (ScriptedServer server :
        List.of(ScriptedServer.modern(logging), ScriptedServer.legacy(logging))) {
      TestCaller heard = TestCaller.listening();
      TestCaller unheard = TestCaller.listening();
      try (server;
          ToolServer exposing = Clients.of(server, Feature.LOGGING);
          ToolServer silent = Clients.of(server)) {
        exposing.forward(calls.to(exposing, "t", "{}"), heard);
        silent.forward(calls.to(silent, "t", "{}"), unheard);
      }
      assertThat(heard.heard())
          .extracting(notice -> notice.params().path("level").asText())
          .containsExactly("warning", "emergency");
      assertThat(unheard.heard()).isEmpty();
    }
  }

  @Test
  void aCallerThatLeavesEndsTheExchangeWithAModernServer() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    Script slow =
        (_, wire) -> {
          try {
            wire.startStream();
            wire.chunk(": working\n");
            wire.awaitHangUp();
          } finally {
            hungUp.countDown();
          }
        };
    try (var server = ScriptedServer.modern(slow);
        ToolServer client = Clients.of(server)) {
      assertThat(leaving(client, server))
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class,
              unknown -> assertThat(unknown.fault()).isEqualTo(Fault.ABANDONED));
      hungUp.await();
      assertThat(server.received("notifications/cancelled")).isEmpty();
    }
  }

  @Test
  void aLegacyServerIsToldThatItsCallerHasLeft() throws Exception {
    try (var server = ScriptedServer.legacy((_, _) -> {});
        ToolServer client = Clients.of(server)) {
      assertThat(leaving(client, server))
          .isInstanceOfSatisfying(
              ToolReply.Unknown.class,
              unknown -> assertThat(unknown.fault()).isEqualTo(Fault.ABANDONED));
      Clients.await(() -> !server.received("notifications/cancelled").isEmpty());
      Received call = server.received("tools/call").getFirst();
      Received cancelled = server.received("notifications/cancelled").getFirst();
      assertThat(cancelled.json().path("params").path("requestId").toString()).isEqualTo(call.id());
      assertThat(cancelled.header("Mcp-Session-Id")).isEqualTo(call.header("Mcp-Session-Id"));
      assertThat(cancelled.header("Authorization")).isEmpty();
    }
  }

  private ToolReply leaving(ToolServer client, ScriptedServer server) throws Exception {
    TestCaller caller = TestCaller.listening();
    var reply = new CompletableFuture<ToolReply>();
    Thread.startVirtualThread(
        () -> reply.complete(client.forward(calls.to(client, "t", "{}"), caller)));
    Clients.await(() -> !server.received("tools/call").isEmpty());
    caller.leave();
    return reply.get();
  }

  @Test
  void aCallerThatHasLeftBeforehandSendsNothing() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, RESULT));
        ToolServer client = Clients.of(server)) {
      TestCaller gone = TestCaller.listening();
      gone.leave();
      assertThat(client.forward(calls.to(client, "t", "{}"), gone))
          .isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received("tools/call")).isEmpty();
    }
  }

  @Test
  void aChangedListOfToolsIsListedAgain() throws IOException {
    Script changing =
        (request, wire) -> {
          wire.startStream();
          wire.notice("notifications/tools/list_changed", "{}");
          wire.resultEvent(request, RESULT);
          wire.endStream();
        };
    try (var server = ScriptedServer.modern(changing);
        ToolServer client = Clients.of(server)) {
      client.forward(calls.to(client, "t", "{}"));
      client.tools();
      assertThat(server.received("tools/list")).hasSize(2);
    }
  }

  private static JsonNode meta(ScriptedServer server) {
    return server.received("tools/call").getFirst().json().path("params").path("_meta");
  }
}
