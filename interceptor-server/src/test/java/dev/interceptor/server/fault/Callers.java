package dev.interceptor.server.fault;

import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// Agents that call one tool after the other, each on its own connection, until a condition holds.
///
/// Every fourth call opens a new session; the others repeat one, which the server decides without
/// PostgreSQL until it has to record.
final class Callers implements AutoCloseable {
  private final URI server;
  private final String apiKey;
  private final String phase;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final Queue<RawClient.Reply> replies = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sessions = new AtomicInteger();

  /// @param phase begins the name of every session
  Callers(URI server, String apiKey, String phase) {
    this.server = server;
    this.apiKey = apiKey;
    this.phase = phase;
  }

  /// @param until asked before each call, for each caller
  Callers start(int count, BooleanSupplier until) {
    for (int caller = 0; caller < count; caller++) {
      running.add(
          threads.submit(() -> {
            call(until);
            return true;
          }));
    }
    return this;
  }

  private void call(BooleanSupplier until) throws IOException {
    try (var client = new RawClient(server)) {
      String session = freshSession();
      for (int calls = 1; !until.getAsBoolean(); calls++) {
        if (calls % 4 == 0) {
          session = freshSession();
        }
        String body =
            "{\"session_id\":\"%s\",\"tool_name\":\"list_customers\",\"args\":{}}"
                .formatted(session);
        replies.add(client.post("/proxy/execute", apiKey, body));
      }
    }
  }

  private String freshSession() {
    return phase + "-" + sessions.incrementAndGet();
  }

  /// Answers so far, in no order.
  List<RawClient.Reply> replies() {
    return List.copyOf(replies);
  }

  long allowed() {
    return replies.stream().filter(reply -> reply.status() == 200).count();
  }

  /// Waits until every caller has had the answer to its last call.
  List<RawClient.Reply> join() throws InterruptedException, ExecutionException {
    for (Future<?> caller : running) {
      caller.get();
    }
    return replies();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
