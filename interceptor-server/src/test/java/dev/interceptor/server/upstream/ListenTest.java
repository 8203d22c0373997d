package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.server.upstream.ScriptedServer.Received;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenTest extends ListenScene {
  private static final Interests ALL = new Interests(true, true, true, Set.of("a:b"));

  @Test
  void aModernServerTellsWhatWasAskedForUntilItEnds() throws IOException {
    Script telling =
        (request, wire) -> {
          acknowledge(request, wire);
          notice(wire, request, "notifications/tools/list_changed", "");
          notice(wire, request, "notifications/resources/list_changed", "");
          wire.notice("notifications/prompts/list_changed", "{}");
          notice(wire, request, "notifications/progress", "\"progressToken\":1,\"progress\":1");
          wire.chunk(": still here\n\n");
          notice(wire, request, "notifications/prompts/list_changed", "");
          wire.resultEvent(request, "{\"resultType\":\"complete\"}");
          wire.endStream();
        };
    try (var server = ScriptedServer.modern(telling);
        ToolServer client = Clients.of(server);
        var _ = listen(client, LISTS)) {
      Clients.await(() -> ended.get() > 0);
      assertThat(heard)
          .extracting(Notice::method)
          .containsExactly(Notice.TOOLS_CHANGED, Notice.PROMPTS_CHANGED);
      Received asked = server.received("subscriptions/listen").getFirst();
      assertThat(asked.json().path("params").path("notifications").toString())
          .isEqualTo("{\"toolsListChanged\":true,\"promptsListChanged\":true}");
      assertThat(asked.header("Mcp-Method")).contains("subscriptions/listen");
      assertThat(asked.header("Authorization")).isEmpty();
    }
    assertThat(ended).hasValue(1);
  }

  @Test
  void onlyTheResourcesThatWereAskedForAreTold() throws IOException {
    Script telling =
        (request, wire) -> {
          acknowledge(request, wire);
          notice(wire, request, "notifications/resources/updated", "\"uri\":\"a:other\"");
          notice(wire, request, "notifications/resources/updated", "\"uri\":\"a:b\"");
          wire.endStream();
        };
    try (var server = ScriptedServer.modern(telling);
        ToolServer client = Clients.of(server);
        var _ = listen(client, ALL)) {
      Clients.await(() -> ended.get() > 0);
      assertThat(heard)
          .extracting(notice -> notice.params().path("uri").asText())
          .containsExactly("a:b");
      JsonNode filter =
          server
              .received("subscriptions/listen")
              .getFirst()
              .json()
              .path("params")
              .path("notifications");
      assertThat(filter.path("resourceSubscriptions").toString()).isEqualTo("[\"a:b\"]");
    }
  }

  @Test
  void aChangedListIsListedAgain() throws IOException {
    CountDownLatch change = new CountDownLatch(1);
    Script changing =
        (request, wire) -> {
          if (request.method().equals("prompts/list")) {
            wire.result(request, "{\"prompts\":[]}");
            return;
          }
          acknowledge(request, wire);
          await(change);
          notice(wire, request, "notifications/tools/list_changed", "");
          notice(wire, request, "notifications/prompts/list_changed", "");
          wire.endStream();
        };
    try (var server = ScriptedServer.modern(changing);
        ToolServer client = Clients.of(server)) {
      client.tools();
      client.listed(Listed.PROMPTS);
      try (var _ = listen(client, LISTS)) {
        change.countDown();
        Clients.await(() -> ended.get() > 0);
      }
      client.tools();
      client.listed(Listed.PROMPTS);
      assertThat(server.received("tools/list")).hasSize(2);
      assertThat(server.received("prompts/list")).hasSize(2);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void closingHangsUpAndEndsNothingTwice() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    Script open =
        (request, wire) -> {
          acknowledge(request, wire);
          try {
            wire.awaitHangUp();
          } finally {
            hungUp.countDown();
          }
        };
    try (var server = ScriptedServer.modern(open);
        ToolServer client = Clients.of(server)) {
      Caller.Registration registration = listen(client, LISTS);
      registration.close();
      registration.close();
      hungUp.await();
      assertThat(ended).hasValue(0);
    }
  }

  @Test
  void aServerThatDoesNotKnowItHasNothingToTell() throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.error(r, 404, -32601));
        ToolServer client = Clients.of(server);
        var _ = listen(client, LISTS)) {
      Clients.await(() -> ended.get() > 0);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void aLegacyServerTellsOnTheStreamOfASessionOfItsOwn() throws IOException {
    Script telling =
        (request, wire) -> {
          if (request.verb().equals("GET")) {
            wire.startStream();
            wire.chunk(": ready\n\n");
            wire.notice("notifications/tools/list_changed", "{}");
            wire.notice("notifications/resources/updated", "{\"uri\":\"a:b\"}");
            wire.awaitHangUp();
          } else {
            wire.result(request, "{\"tools\":[]}");
          }
        };
    try (var server = ScriptedServer.legacy(telling);
        ToolServer client = Clients.of(server)) {
      client.tools();
      try (var _ = listen(client, ALL)) {
        Clients.await(() -> heard.size() == 2);
        Received get = verb(server, "GET").getFirst();
        Received subscribed = server.received("resources/subscribe").getFirst();
        assertThat(subscribed.json().path("params").path("uri").asText()).isEqualTo("a:b");
        assertThat(subscribed.header("Mcp-Session-Id")).isEqualTo(get.header("Mcp-Session-Id"));
        assertThat(get.header("Mcp-Session-Id"))
            .isNotEqualTo(server.received("tools/list").getFirst().header("Mcp-Session-Id"));
      }
      Clients.await(() -> !verb(server, "DELETE").isEmpty());
      assertThat(ended).hasValue(0);
    }
  }

  @Test
  void aLegacyServerMayPingAsLongAsItsStreamIsOpen() throws IOException {
    int pings = 2 * RpcChannel.MAX_SERVER_REQUESTS;
    Script pinging =
        (request, wire) -> {
          if (!request.verb().equals("GET")) {
            wire.answer(202, "text/plain", "");
            return;
          }
          wire.startStream();
          for (int i = 0; i < pings; i++) {
            wire.event("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"ping\"}");
          }
          wire.notice("notifications/tools/list_changed", "{}");
          wire.awaitHangUp();
        };
    try (var server = ScriptedServer.legacy(pinging);
        ToolServer client = Clients.of(server);
        var _ = listen(client, LISTS)) {
      Clients.await(() -> !heard.isEmpty());
      assertThat(server.received())
          .filteredOn(request -> request.text().endsWith("\"result\":{}}"))
          .hasSize(pings);
    }
  }

  @Test
  void aLegacyServerWithoutSuchAStreamHasNothingToTell() throws IOException {
    try (var server = ScriptedServer.legacy((_, wire) -> wire.answer(405, "text/plain", ""));
        ToolServer client = Clients.of(server);
        var _ = listen(client, ALL)) {
      Clients.await(() -> ended.get() > 0);
      assertThat(server.received("resources/subscribe")).isEmpty();
    }
    assertThat(ended).hasValue(1);
  }

  private static List<Received> verb(ScriptedServer server, String verb) {
    return server.received().stream().filter(request -> request.verb().equals(verb)).toList();
  }
}
