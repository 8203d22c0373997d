package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.upstream.ScriptedServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Calls a modern server that misbehaves, with a healthy one beside it that must not notice.
record HostileServer(AuthorizedCalls calls) {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration HURRY = Duration.ofMillis(700);
  private static final Duration SLACK = Duration.ofSeconds(5);

  ToolReply reply(Script onCall) throws IOException {
    return reply(onCall, TIMEOUT);
  }

  /// With a deadline that is worth waiting for.
  ToolReply replyToHurriedCall(Script onCall) throws IOException {
    return reply(onCall, HURRY);
  }

  private ToolReply reply(Script onCall, Duration timeout) throws IOException {
    try (var server = ScriptedServer.modern(onCall);
        var healthy = ScriptedServer.modern((r, w) -> w.result(r, "{\"content\":[]}"));
        ToolServer client = Clients.bounded(server.url(), timeout, 65_536);
        ToolServer beside = Clients.bounded(healthy.url(), TIMEOUT, 65_536)) {
      // The deadline is for the call alone: the first contact takes its time on a busy machine.
      Clients.await(() -> lists(client));
      var reply = new CompletableFuture<ToolReply>();
      var call = calls.to(client, "t", "{}");
      long begun = RunningTime.nanoTime();
      Thread.startVirtualThread(() -> reply.complete(client.forward(call)));
      assertThat(beside.forward(calls.to(beside, "t", "{}")))
          .isInstanceOf(ToolReply.Completed.class);
      ToolReply came = reply.join();
      assertThat(RunningTime.since(begun)).isLessThan(timeout.plus(SLACK));
      return came;
    }
  }

  static boolean lists(ToolServer client) {
    try {
      return !client.tools().isEmpty();
    } catch (InterceptorException e) {
      return false;
    }
  }
}
