package dev.interceptor.server.durability;

import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Agents that go on calling whatever happens to the server, and remember what they were answered.
///
/// Three of four calls go through the interceptor, to a tool or to one that is denied; with the
/// fourth the agent gets the token itself.
final class Crowd implements AutoCloseable {
  private static final long BEFORE_THE_NEXT_TRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final Pattern DECISION = Pattern.compile("\"decision_id\":\"([0-9a-f-]{36})\"");
  private static final Pattern TOKEN =
      Pattern.compile("\"token\":\"[A-Za-z0-9_-]+\\.([A-Za-z0-9_-]+)\\.[A-Za-z0-9_-]+\"");
  private static final Pattern JTI = Pattern.compile("\"jti\":\"([A-Za-z0-9_-]{22})\"");
  private static final List<String> CALLS =
      List.of(
          "execute list_customers",
          "execute list_customers",
          "execute drop_all",
          "authorize list_customers");

  private final Supplier<URI> server;
  private final String apiKey;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final Set<String> decisions = ConcurrentHashMap.newKeySet();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final AtomicLong allowed = new AtomicLong();
  private final Queue<RawClient.Reply> unavailable = new ConcurrentLinkedQueue<>();
  private final AtomicLong sent = new AtomicLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();

  /// @param server where it is now
  Crowd(Supplier<URI> server, String apiKey) {
    this.server = server;
    this.apiKey = apiKey;
  }

  Crowd start(int callers) {
    for (int caller = 0; caller < callers; caller++) {
      String name = "crowd-" + caller + "-" + Long.toString(System.nanoTime(), 36);
      running.add(threads.submit(() -> call(name)));
    }
    return this;
  }

  private void call(String name) {
    int calls = 0;
    while (!stop.get()) {
      try (var client = new RawClient(server.get())) {
        while (!stop.get()) {
          calls++;
          String[] route = CALLS.get(calls % CALLS.size()).split(" ", 2);
          sent.incrementAndGet();
          remember(
              client.post(
                  "/proxy/" + route[0],
                  apiKey,
                  "{\"session_id\":\"%s-%d\",\"tool_name\":\"%s\",\"args\":{}}"
                      .formatted(name, calls / 8, route[1])));
        }
      } catch (IOException e) {
        LockSupport.parkNanos(BEFORE_THE_NEXT_TRY_NANOS);
      }
    }
  }

  private void remember(RawClient.Reply reply) {
    Matcher decision = DECISION.matcher(reply.body());
    if (decision.find()) {
      decisions.add(decision.group(1));
    }
    Matcher token = TOKEN.matcher(reply.body());
    if (token.find()) {
      byte[] claims = Base64.getUrlDecoder().decode(token.group(1));
      Matcher jti = JTI.matcher(new String(claims, StandardCharsets.UTF_8));
      if (jti.find()) {
        tokens.add(jti.group(1));
      }
    }
    if (reply.status() == 200) {
      allowed.incrementAndGet();
    } else if (reply.status() != 403) {
      unavailable.add(reply);
    }
  }

  /// The decisions that were named in an answer.
  Set<String> decisions() {
    return decisions;
  }

  /// The ids of the tokens that agents were given.
  Set<String> tokens() {
    return tokens;
  }

  /// @throws ExecutionException if a caller has given up, which none should
  long allowed() throws InterruptedException, ExecutionException {
    for (Future<?> caller : running) {
      if (caller.isDone()) {
        caller.get();
      }
    }
    return allowed.get();
  }

  /// Answers so far that were neither an allowance nor a denial.
  List<RawClient.Reply> unavailable() {
    return List.copyOf(unavailable);
  }

  int refused() {
    return unavailable.size();
  }

  long sent() {
    return sent.get();
  }

  /// Lets every call end.
  void finish() throws InterruptedException, ExecutionException {
    stop.set(true);
    for (Future<?> caller : running) {
      caller.get();
    }
  }

  @Override
  public void close() {
    stop.set(true);
    threads.shutdownNow();
    threads.close();
  }
}
