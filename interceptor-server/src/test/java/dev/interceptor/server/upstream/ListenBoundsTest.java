package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenBoundsTest extends ListenScene {

  @ParameterizedTest
  @ValueSource(strings = {"other", "first", "result"})
  void anythingButAnAcknowledgementFirstIsAProtocolFault(String kind) throws IOException {
    Script wrong =
        (request, wire) -> {
          wire.startStream();
          switch (kind) {
            case "other" ->
                wire.notice(
                    "notifications/subscriptions/acknowledged",
                    "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"1\"}}");
            case "first" -> notice(wire, request, "notifications/tools/list_changed", "");
            default -> wire.event("{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}");
          }
          wire.endStream();
        };
    try (var server = ScriptedServer.modern(wrong);
        ToolServer client = Clients.of(server)) {
      assertThat(failure(client)).isEqualTo(ErrorCode.UPSTREAM_PROTOCOL);
      assertThat(heard).isEmpty();
      assertThat(ended).hasValue(0);
    }
  }

  @Test
  void silenceInsteadOfAnAcknowledgementEndsAtTheDeadline() throws IOException {
    Script silent =
        (_, wire) -> {
          wire.startStream();
          while (true) {
            wire.chunk(": wait\n\n");
            wire.pause();
          }
        };
    try (var server = ScriptedServer.modern(silent);
        ToolServer client = Clients.bounded(server.url(), Duration.ofSeconds(3), 65_536)) {
      client.tools();
      assertThat(failure(client)).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT);
    }
  }

  private ErrorCode failure(ToolServer client) {
    return catchThrowableOfType(InterceptorException.class, () -> listen(client, LISTS)).code();
  }

  @Test
  void anEndlessStreamIsHeardBeyondTheTimeoutAndTheLengthOfAnAnswer() throws IOException {
    String filler = "x".repeat(1000);
    Script endless =
        (request, wire) -> {
          acknowledge(request, wire);
          while (true) {
            notice(wire, request, "notifications/tools/list_changed", "\"f\":\"" + filler + "\"");
          }
        };
    long begun = RunningTime.nanoTime();
    Duration timeout = Duration.ofSeconds(3);
    AtomicLong count = new AtomicLong();
    try (var server = ScriptedServer.modern(endless);
        ToolServer client = Clients.bounded(server.url(), timeout, 65_536);
        var _ = client.listen(LISTS, _ -> count.incrementAndGet(), ended::incrementAndGet)) {
      Clients.await(() ->
          count.get() > 500 && RunningTime.nanoTime() - begun > timeout.multipliedBy(2).toNanos());
      assertThat(ended).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: ", ": "})
  void aHugeMessageEndsTheStream(String start) throws IOException {
    AtomicLong sent = new AtomicLong();
    Script huge =
        (request, wire) -> {
          acknowledge(request, wire);
          wire.chunk(start);
          while (true) {
            wire.chunk("x".repeat(8192));
            sent.addAndGet(8192);
          }
        };
    try (var server = ScriptedServer.modern(huge);
        ToolServer client = Clients.of(server);
        var _ = listen(client, LISTS)) {
      Clients.await(() -> ended.get() > 0);
      assertThat(heard).isEmpty();
      assertThat(sent.get()).isLessThan(16L * 1024 * 1024);
    }
  }

  @Test
  void listenersTakeNothingFromCallsAndHaveABound() throws IOException {
    Script open =
        (request, wire) -> {
          if (request.method().equals("tools/call")) {
            wire.result(request, "{\"content\":[]}");
            return;
          }
          acknowledge(request, wire);
          wire.awaitHangUp();
        };
    try (var server = ScriptedServer.modern(open);
        ToolServer client = Clients.bounded(server.url(), Duration.ofSeconds(10), 65_536)) {
      List<Caller.Registration> open64 = new ArrayList<>();
      for (int i = 0; i < HttpRpcChannel.MAX_LISTENERS; i++) {
        open64.add(listen(client, LISTS));
      }
      assertThat(failure(client)).isEqualTo(ErrorCode.UPSTREAM_UNREACHABLE);
      assertThat(client.forward(AuthorizedCalls.create().to(client, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      open64.getFirst().close();
      Clients.await(() -> opens(client));
    }
  }

  private boolean opens(ToolServer client) {
    try {
      listen(client, LISTS);
      return true;
    } catch (InterceptorException e) {
      return false;
    }
  }
}
