package dev.interceptor.server.race;

import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/// The sockets and the randomness of one worker, which races one pair after the other.
final class Lane implements AutoCloseable {
  private static final Set<Integer> DECIDED = Set.of(200, 403, 409);

  private final String apiKey;
  private final ExecutorService threads;
  private final Random random;
  private final String run;
  private final List<RawClient> sources = new ArrayList<>();
  private final List<RawClient> sinks = new ArrayList<>();
  private long sourceNanos = 2_000_000;
  private long pair;

  Lane(List<URI> servers, String apiKey, ExecutorService threads, long seed) throws IOException {
    this.apiKey = apiKey;
    this.threads = threads;
    this.random = new Random(seed);
    this.run = "race-" + Long.toString(System.nanoTime(), 36) + "-" + seed + "-";
    for (URI server : servers) {
      sources.add(new RawClient(server));
      sinks.add(new RawClient(server));
    }
  }

  /// @param source the answer with the taint
  /// @param sinks the racing call and the one after it
  record Pair(RawClient.Reply source, List<RawClient.Reply> sinks) {}

  /// A third of the pairs start together, a third at a random moment of the source's run, and in a
  /// third the sink follows the first byte of the source's answer as closely as it can.
  ///
  /// @return empty if the source or the racing sink was answered 503
  Optional<Pair> race() throws IOException, InterruptedException, ExecutionException {
    String session = run + ++pair;
    RawClient source = sources.get(random.nextInt(sources.size()));
    var begun = new CompletableFuture<Boolean>();
    Future<RawClient.Reply> tainted =
        threads.submit(() -> {
          try {
            return source.post(
                "/proxy/execute", apiKey, source(session), () -> begun.complete(Boolean.TRUE));
          } finally {
            begun.complete(Boolean.FALSE);
          }
        });
    switch (random.nextInt(3)) {
      case 0 -> Thread.onSpinWait();
      case 1 -> LockSupport.parkNanos(random.nextLong(sourceNanos));
      default -> begun.join();
    }
    RawClient.Reply racer = sink(session);
    RawClient.Reply answer = tainted.get();
    sourceNanos = Math.max(1, answer.took().toNanos());
    if (answer.status() == 503 || racer.status() == 503) {
      return Optional.empty();
    }
    require(answer.status() == 200, answer);
    return Optional.of(new Pair(answer, List.of(racer, sink(session))));
  }

  private RawClient.Reply sink(String session) throws IOException {
    RawClient client = sinks.get(random.nextInt(sinks.size()));
    RawClient.Reply reply = client.post("/proxy/execute", apiKey, leak(session));
    require(DECIDED.contains(reply.status()) || reply.status() == 503, reply);
    return reply;
  }

  private static String source(String session) {
    return call(session, "read_customer", "{\"id\":\"c-1001\"}");
  }

  private static String leak(String session) {
    return call(
        session,
        "send_email",
        "{\"to\":[\"a@elsewhere.example\"],\"subject\":\"s\",\"body\":\"b\"}");
  }

  private static String call(String session, String tool, String args) {
    return "{\"session_id\":\"%s\",\"tool_name\":\"%s\",\"args\":%s}"
        .formatted(session, tool, args);
  }

  private static void require(boolean expected, RawClient.Reply reply) {
    if (!expected) {
      throw new IllegalStateException("unexpected answer " + reply.status() + ": " + reply.body());
    }
  }

  @Override
  public void close() throws IOException {
    for (RawClient client : sources) {
      client.close();
    }
    for (RawClient client : sinks) {
      client.close();
    }
  }
}
