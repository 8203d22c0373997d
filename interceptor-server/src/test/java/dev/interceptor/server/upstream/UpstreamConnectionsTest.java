package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UpstreamConnectionsTest {
  private static final String RESULT = "{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}";
  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @Test
  void waitingForAConnectionCountsAsWaiting() throws Exception {
    Duration timeout = Duration.ofSeconds(1);
    try (var server = ScriptedServer.modern((_, wire) -> wire.awaitHangUp());
        ToolServer client = Clients.bounded(server.url(), timeout, 65_536)) {
      Clients.await(() -> HostileServer.lists(client));
      List<CompletableFuture<ToolReply>> replies = new ArrayList<>();
      long begun = RunningTime.nanoTime();
      for (int i = 0; i < 12; i++) {
        var reply = new CompletableFuture<ToolReply>();
        var call = calls.to(client, "t", "{}");
        Thread.startVirtualThread(() -> reply.complete(client.forward(call)));
        replies.add(reply);
      }
      for (var reply : replies) {
        assertThat(reply.get())
            .isInstanceOfAny(ToolReply.Unknown.class, ToolReply.NotDelivered.class);
      }
      assertThat(RunningTime.since(begun)).isLessThan(timeout.plus(Duration.ofSeconds(5)));
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
        ToolServer client = Clients.of(server)) {
      assertThat(client.forward(calls.to(client, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      assertThat(cut.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aClientThatWasClosedSendsNothing() throws Exception {
    try (var server = ScriptedServer.modern((request, wire) -> wire.result(request, RESULT))) {
      ToolServer client = Clients.of(server);
      Clients.await(() -> HostileServer.lists(client));
      var call = calls.to(client, "t", "{}");
      client.close();
      assertThat(client.forward(call)).isInstanceOf(ToolReply.NotDelivered.class);
      assertThat(server.received("tools/call")).isEmpty();
    }
  }
}
