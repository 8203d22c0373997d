package dev.interceptor.server.policyswap;

import dev.interceptor.server.live.RawClient;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Calls both tools on both servers until it is stopped. Two callers share a session, on different
/// servers; every session has one tool.
final class Callers {
  private static final int CALLS_A_SESSION = 12;
  private static final String DECISION_ID = "\"decision_id\":\"";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
  private final Map<String, Instant> sent = new ConcurrentHashMap<>();
  private final List<URI> servers;
  private final String apiKey;

  private Callers(List<URI> servers, String apiKey) {
    this.servers = List.copyOf(servers);
    this.apiKey = apiKey;
  }

  /// @param callers an even number
  static Callers start(List<URI> servers, String apiKey, int callers) {
    var all = new Callers(servers, apiKey);
    for (int caller = 0; caller < callers; caller++) {
      int number = caller;
      all.running.add(
          all.threads.submit(() -> {
            all.call(number);
            return true;
          }));
    }
    return all;
  }

  private void call(int caller) throws Exception {
    try (var client = new RawClient(servers.get(caller % servers.size()))) {
      for (int n = 0; !done.get(); n++) {
        int session = n / CALLS_A_SESSION;
        boolean even = (caller / 2 + session) % 2 == 0;
        Instant before = Instant.now();
        RawClient.Reply reply =
            client.post(
                n % 4 == 0 ? "/proxy/execute" : "/proxy/authorize",
                apiKey,
                "{\"session_id\":\"pair-%d-%d\",\"tool_name\":\"%s\",\"args\":%s}"
                    .formatted(
                        caller / 2,
                        session,
                        even ? Generations.EVEN : Generations.ODD,
                        even ? "{}" : "{\"query\":\"invoice\"}"));
        sent.put(decisionId(reply.body()), before);
        count(reply.status() == 200 ? "200" : reply.status() + " " + reply.code());
      }
    }
  }

  private void count(String answer) {
    answers.computeIfAbsent(answer, _ -> new AtomicLong()).incrementAndGet();
  }

  /// Empty if nothing was decided.
  private static String decisionId(String body) {
    int start = body.indexOf(DECISION_ID);
    return start < 0 ? "" : body.substring(start + DECISION_ID.length()).split("\"", 2)[0];
  }

  /// When the call of each decision was sent.
  Map<String, Instant> sent() {
    return Map.copyOf(sent);
  }

  /// How often each status was answered, with the code of a problem.
  Map<String, AtomicLong> answers() {
    return Map.copyOf(answers);
  }

  long count() {
    return answers.values().stream().mapToLong(AtomicLong::get).sum();
  }

  /// Stops calling.
  ///
  /// @throws Exception that ended a caller early
  void stop() throws Exception {
    done.set(true);
    for (Future<?> caller : running) {
      caller.get();
    }
    threads.close();
  }
}
