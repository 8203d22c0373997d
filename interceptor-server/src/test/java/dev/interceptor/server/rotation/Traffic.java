package dev.interceptor.server.rotation;

import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.RunningTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Agents that call through both servers without a pause, half of them with the token in their own
/// hands, which they use after up to 1.5 s.
final class Traffic {
  private static final long LONGEST_PAUSE_NANOS = 500_000_000;
  private static final long LONGEST_WAIT_NANOS = 1_500_000_000;
  private static final int HELD_AT_ONCE = 12;
  private static final int EXECUTING = 3;
  private static final long BETWEEN_CALLS_NANOS = 2_000_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final List<URI> servers;
  private final String apiKey;
  private final ToolCalls tools;

  private Traffic(List<URI> servers, String apiKey, ToolCalls tools) {
    this.servers = List.copyOf(servers);
    this.apiKey = apiKey;
    this.tools = tools;
  }

  static Traffic start(List<URI> servers, String apiKey, ToolCalls tools) {
    var traffic = new Traffic(servers, apiKey, tools);
    for (int caller = 0; caller < EXECUTING + HELD_AT_ONCE; caller++) {
      int number = caller;
      traffic.running.add(
          traffic.threads.submit(() -> {
            traffic.call(number);
            return true;
          }));
    }
    return traffic;
  }

  private void call(int caller) throws Exception {
    boolean executes = caller < EXECUTING;
    List<RawClient> clients = new ArrayList<>();
    try {
      for (URI server : servers) {
        clients.add(new RawClient(server));
      }
      for (int n = 0; !done.get(); n++) {
        RawClient client = clients.get(n % clients.size());
        String body =
            "{\"session_id\":\"rotation-%d-%d\",\"tool_name\":\"%s\"}"
                .formatted(caller, n / 50, ToolCalls.TOOL);
        if (executes) {
          long before = RunningTime.stillness();
          judge("execute", client.post("/proxy/execute", apiKey, body), before);
          LockSupport.parkNanos(BETWEEN_CALLS_NANOS);
        } else {
          long before = RunningTime.stillness();
          RawClient.Reply permit = client.post("/proxy/authorize", apiKey, body);
          judge("authorize", permit, before);
          if (permit.status() == 200) {
            useLater(permit.body());
          }
        }
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private void judge(String what, RawClient.Reply reply, long before) {
    count(what + " " + reply.status() + (reply.status() == 200 ? "" : " " + reply.code()));
    if (hasStoodStill(before)) {
      count(what + " while the machine stood still");
    } else if (reply.code().equals("SIGNING_UNAVAILABLE")
        || reply.code().equals("UPSTREAM_PROTOCOL")) {
      refused.add(what + " " + reply.code());
    }
  }

  private void useLater(String permit) throws Exception {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_WAIT_NANOS));
    long before = RunningTime.stillness();
    String refusal = tools.call(text(permit, "token"));
    Instant expiresAt = Instant.parse(text(permit, "expires_at"));
    boolean tooLate = !Instant.now().isBefore(expiresAt.minus(Duration.ofMillis(1)));
    if (refusal.isEmpty()) {
      count("used");
    } else if (refusal.equals("EXPIRED") && tooLate) {
      count("expired in hand");
    } else if (hasStoodStill(before)) {
      count("refused " + refusal + " while the machine stood still");
    } else {
      count("refused " + refusal);
      refused.add(refusal);
    }
  }

  /// A token lives 3 s, and a fetch of the key set that takes longer than 2 s is given up.
  private static boolean hasStoodStill(long before) {
    return RunningTime.stillness() - before > LONGEST_PAUSE_NANOS;
  }

  private static String text(String json, String member) {
    String name = '"' + member + "\":\"";
    int start = json.indexOf(name) + name.length();
    return json.substring(start, json.indexOf('"', start));
  }

  private void count(String answer) {
    answers.computeIfAbsent(answer, _ -> new LongAdder()).increment();
  }

  /// Good tokens that were refused, and calls that got none.
  List<String> refused() {
    return List.copyOf(refused);
  }

  long count() {
    return answers.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /// How often each answer came.
  Map<String, LongAdder> answers() {
    return Map.copyOf(answers);
  }

  /// @throws Exception that ended a caller early
  void stop() throws Exception {
    done.set(true);
    for (Future<?> caller : running) {
      var _ = caller.get();
    }
    threads.close();
  }
}
