package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// The life of a command's processes, from the start to the end of all that they started.
class StdioProcessTest extends StdioUpstreams {
  @Test
  void aProcessThatStartsSlowlyIsReadyForALaterCall() throws Exception {
    ToolServer server = open(Duration.ofMillis(300), "legacy", "slow");
    AuthorizedCall echo = calls.to(server, "echo", "{}");
    assertThat(server.forward(echo))
        .isEqualTo(new ToolReply.NotDelivered("the process was not ready in time"));
    // A machine that stands still may let a call time out that has reached the process.
    List<ToolReply> delivered = new ArrayList<>();
    Await.until(
        "it is ready",
        PATIENCE,
        () -> {
          ToolReply reply = server.forward(echo);
          if (!(reply instanceof ToolReply.NotDelivered)) {
            delivered.add(reply);
          }
          return reply instanceof ToolReply.Completed;
        });
    assertThat(said(delivered.getLast()).path("calls").asInt()).isBetween(1, delivered.size());
  }

  @Test
  void everyCustomerHasAProcessOfItsOwn() {
    ToolServer server = open("legacy");
    long acme = said(server.forward(calls.to(server, "acme", "echo", "{}"))).path("pid").asLong();
    long other =
        said(server.forward(calls.to(server, "globex", "echo", "{}"))).path("pid").asLong();
    JsonNode again = said(server.forward(calls.to(server, "acme", "echo", "{}")));
    assertThat(again.path("pid").asLong()).isEqualTo(acme).isNotEqualTo(other);
    assertThat(again.path("calls").asInt()).isEqualTo(2);
  }

  @Test
  void theLongestUnusedProcessMakesRoomAndAnIdleOneIsEnded() throws Exception {
    UpstreamConfig config = config(StdioServer.command("legacy")).withTimeout(PATIENCE);
    var bounds = new StdioToolServer.Bounds(1, Duration.ofMillis(500));
    ToolServer server =
        opened(
            new StdioToolServer(
                config, (Target.Command) config.target(), InstantSource.system(), bounds));
    long first = said(server.forward(calls.to(server, "acme", "echo", "{}"))).path("pid").asLong();
    long second =
        said(server.forward(calls.to(server, "globex", "echo", "{}"))).path("pid").asLong();
    awaitEnd(first);
    awaitEnd(second);
    assertThat(said(server, "echo", "{}").path("calls").asInt()).isEqualTo(1);
  }

  @Test
  void aBusyProcessMakesNoRoom() throws Exception {
    UpstreamConfig config = config(StdioServer.command("legacy")).withTimeout(PATIENCE);
    var bounds = new StdioToolServer.Bounds(1, PATIENCE);
    ToolServer server =
        opened(
            new StdioToolServer(
                config, (Target.Command) config.target(), InstantSource.system(), bounds));
    said(server.forward(calls.to(server, "acme", "echo", "{}")));
    Future<ToolReply> held = begin(() -> server.forward(calls.to(server, "acme", "hold", "{}")));
    awaitWaiting(server, 1);
    assertThat(server.forward(calls.to(server, "globex", "echo", "{}")))
        .isEqualTo(new ToolReply.NotDelivered("all 1 processes are in use"));
    said(server, "release", "{}");
    said(held.get());
  }

  @Test
  void aDeathLeavesItsCallsUnknownAndTheNextOnesAreServedByANewProcess() throws Exception {
    ToolServer server = open("legacy");
    long pid = said(server, "echo", "{}").path("pid").asLong();
    Future<ToolReply> held = begin(() -> server.forward(calls.to(server, "hold", "{}")));
    awaitWaiting(server, 1);
    var dead = new ToolReply.Unknown(Fault.DISCONNECTED, "the process has ended");
    assertThat(server.forward(calls.to(server, "die", "{}"))).isEqualTo(dead);
    assertThat(held.get()).isEqualTo(dead);
    assertThat(server.forward(calls.to(server, "echo", "{}")))
        .isInstanceOf(ToolReply.NotDelivered.class);
    AuthorizedCall echo = calls.to(server, "echo", "{}");
    var reply = new CompletableFuture<ToolReply>();
    Await.until(
        "a new process answers",
        PATIENCE,
        () ->
            server.forward(echo) instanceof ToolReply.Completed completed
                && reply.complete(completed));
    assertThat(said(reply.get()).path("pid").asLong()).isNotEqualTo(pid);
  }

  @Test
  void aProcessThatKeepsDyingIsStartedLessAndLessOften() throws Exception {
    ToolServer server =
        opened(config(new Target.Command(List.of("false"), path(), Optional.empty())));
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    AuthorizedCall call = calls.to(server, "echo", "{}");
    Await.until(
        "four starts",
        PATIENCE,
        () -> {
          long now = System.nanoTime();
          ToolReply reply = server.forward(call);
          assertThat(reply).isInstanceOf(ToolReply.NotDelivered.class);
          if (!reply.toString().contains("again soon")
              && !reply.toString().contains("being ended")) {
            before.add(now);
            after.add(System.nanoTime());
          }
          return before.size() == 4;
        });
    // A slow machine learns late that a process died; the pause counts from its death.
    for (int i = 1; i < before.size(); i++) {
      assertThat(Duration.ofNanos(after.get(i) - before.get(i - 1)))
          .isGreaterThan(Duration.ofMillis(90L << (i - 1)));
    }
  }

  private static Map<String, String> path() {
    return Map.of("PATH", "/usr/bin:/bin");
  }

  @Test
  void aProgramThatIsNotThereIsNamedAsSuch() {
    ToolServer server =
        opened(config(new Target.Command(List.of("/no/such/program"), path(), Optional.empty())));
    assertThat(server.forward(calls.to(server, "echo", "{}")).toString())
        .contains("NotDelivered", "`command` cannot be started")
        .doesNotContain("/no/such");
    assertThatThrownBy(server::tools).isInstanceOf(InterceptorException.class);
  }

  @Test
  void fewStrayLinesAreIgnoredAndManyReplaceTheProcess() throws Exception {
    ToolServer server = open("legacy");
    said(server, "garbage", "{\"lines\":10}");
    long pid = said(server, "echo", "{}").path("pid").asLong();
    assertThat(server.forward(calls.to(server, "garbage", "{\"lines\":10}")).toString())
        .contains("Unknown", "PROTOCOL", "no messages");
    awaitEnd(pid);
  }

  @Test
  void anEndlessLineEndsTheProcess() throws Exception {
    UpstreamConfig plain = config(StdioServer.command("legacy"));
    ToolServer server =
        opened(
            new UpstreamConfig(
                plain.name(),
                plain.target(),
                plain.audience(),
                PATIENCE,
                65_536,
                plain.maxConnections(),
                plain.exposed(),
                plain.pinning(),
                plain.toolsMaxAge()));
    long pid = said(server, "echo", "{}").path("pid").asLong();
    assertThat(server.forward(calls.to(server, "endless", "{}")))
        .isEqualTo(new ToolReply.Unknown(Fault.PROTOCOL, "a line is longer than 65536 bytes"));
    awaitEnd(pid);
  }

  @Test
  void aProcessThatDoesNotReadIsEnded() throws Exception {
    ToolServer server = open(SHORT, "legacy");
    var pid = new CompletableFuture<Long>();
    Await.until(
        "the server has started",
        PATIENCE,
        () ->
            server.forward(calls.to(server, "echo", "{}")) instanceof ToolReply.Completed reply
                && pid.complete(said(reply).path("pid").asLong()));
    Future<ToolReply> held = begin(() -> server.forward(calls.to(server, "hold", "{}")));
    awaitWaiting(server, 1);
    said(server, "stop-reading", "{}");
    String large = "{\"text\":\"" + "x".repeat(300_000) + "\"}";
    long begin = RunningTime.nanoTime();
    assertThat(server.forward(calls.to(server, "echo", large)))
        .isInstanceOf(ToolReply.Unknown.class);
    assertThat(RunningTime.since(begin)).isLessThan(SHORT.multipliedBy(2));
    assertThat(held.get()).isInstanceOf(ToolReply.Unknown.class);
    awaitEnd(pid.get());
  }

  @Test
  void aFloodOnStandardErrorHoldsNothingUp() {
    ToolServer server = open("legacy");
    said(server, "noise", "{}");
    assertThat(said(server, "echo", "{}").has("pid")).isTrue();
  }

  @Test
  void nothingThatItStartedOutlivesIt() throws Exception {
    ToolServer server = open("legacy", "immortal");
    long pid = said(server, "echo", "{}").path("pid").asLong();
    long child = said(server, "spawn", "{}").path("child").asLong();
    assertThat(isAlive(child)).isTrue();
    server.close();
    assertThat(isAlive(pid)).isFalse();
    assertThat(isAlive(child)).isFalse();
    assertThat(server.forward(calls.to(server, "echo", "{}")))
        .isInstanceOf(ToolReply.NotDelivered.class);
  }

  @Test
  void whatADeadServerLeftBehindIsEnded() throws Exception {
    ToolServer server = open("legacy");
    long child = said(server, "spawn", "{}").path("child").asLong();
    assertThat(server.forward(calls.to(server, "die", "{}"))).isInstanceOf(ToolReply.Unknown.class);
    awaitEnd(child);
  }
}
