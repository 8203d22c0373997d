package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.live.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;

/// What tests of commands as upstreams share: servers that are closed after each test.
abstract class StdioUpstreams {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final Duration SHORT = Duration.ofSeconds(4);

  final AuthorizedCalls calls = AuthorizedCalls.create();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<ToolServer> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(ToolServer::close);
    callers.shutdownNow();
  }

  ToolServer open(String... words) {
    return open(PATIENCE, words);
  }

  ToolServer open(Duration timeout, String... words) {
    return opened(config(StdioServer.command(words)).withTimeout(timeout));
  }

  static UpstreamConfig config(Target.Command command) {
    return UpstreamConfig.of(new UpstreamName("up"), command);
  }

  ToolServer opened(UpstreamConfig config) {
    return opened(ToolServer.open(config, InstantSource.system()));
  }

  ToolServer opened(ToolServer server) {
    opened.add(server);
    return server;
  }

  JsonNode said(ToolServer server, String tool, String arguments) {
    return said(server.forward(calls.to(server, tool, arguments)));
  }

  static JsonNode said(ToolReply reply) {
    assertThat(reply).isInstanceOf(ToolReply.Completed.class);
    return ((ToolReply.Completed) reply).result().path("structuredContent");
  }

  Future<ToolReply> begin(Callable<ToolReply> call) {
    return callers.submit(call);
  }

  /// Waits until so many calls are with the server that it has not answered.
  void awaitWaiting(ToolServer server, int number) throws Exception {
    Await.until(
        number + " calls wait",
        PATIENCE,
        () -> said(server, "echo", "{}").path("waiting").asInt() == number);
  }

  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  static void awaitEnd(long pid) throws Exception {
    Await.until("process " + pid + " has ended", PATIENCE, () -> !isAlive(pid));
  }
}
