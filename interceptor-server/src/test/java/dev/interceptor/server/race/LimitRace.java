package dev.interceptor.server.race;

import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Rounds of many callers that all want more of one limit than there is, over several servers.
final class LimitRace implements AutoCloseable {
  /// A limit of the policy, how it is reached for, and what it allows in all.
  enum Kind {
    CALLS_PER_SESSION("7"),
    CALLS_PER_DAY("9"),
    SUM_PER_SESSION("100"),
    SUM_PER_DAY("150");

    final BigDecimal max;

    Kind(String max) {
      this.max = new BigDecimal(max);
    }

    boolean sums() {
      return this == SUM_PER_SESSION || this == SUM_PER_DAY;
    }

    boolean inOneSession() {
      return this == CALLS_PER_SESSION || this == SUM_PER_SESSION;
    }
  }

  /// The limits of {@link Kind}. Transfers in CHF are refused by another rule.
  static final String POLICY =
      """
      version: 1
      name: limits
      static_rules: {post_message: ALLOW, wire_transfer: ALLOW}
      taint_rules:
        - {id: no-francs, tool: wire_transfer, action: BLOCK, when: {tool_args_match: {currency: CHF}}}
        - {id: quiet, tool: post_message, action: BLOCK, when: {tool_args_match: {channel: quiet}}}
      limits:
        - {tool: post_message, max_calls: 7, per: session}
        - {tool: post_message, max_calls: 9, per: day}
        - {tool: wire_transfer, sum: args.amount, max: 100, per: session}
        - {tool: wire_transfer, sum: args.amount, max: 150, per: day}
      """;

  private final List<RawClient> callers = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Random random;

  LimitRace(List<URI> servers, int callers, long seed) throws IOException {
    this.random = new Random(seed);
    for (int i = 0; i < callers; i++) {
      this.callers.add(new RawClient(servers.get(i % servers.size())));
    }
  }

  /// What one round used up.
  ///
  /// @param left the part of the limit that the round left
  /// @param exact whether what is left could be had to the last millionth, and not a millionth more
  /// @param unavailable callers that were answered 503 or 409
  record Round(BigDecimal left, boolean exact, int allowed, int refused, int unavailable) {}

  private record Wanted(String json, BigDecimal amount) {}

  /// @param apiKey of a customer that no other round uses
  Round run(Kind kind, String name, String apiKey)
      throws IOException, InterruptedException, ExecutionException {
    LocalDate day = LocalDate.now(ZoneOffset.UTC);
    var wanted = new ArrayList<Wanted>();
    for (int i = 0; i < callers.size(); i++) {
      wanted.add(wanted(kind, kind.inOneSession() ? name : name + "-" + i));
    }
    List<RawClient.Reply> replies = race(apiKey, wanted);
    BigDecimal used = BigDecimal.ZERO;
    int allowed = 0;
    int unavailable = 0;
    for (int i = 0; i < replies.size(); i++) {
      int status = replies.get(i).status();
      if (status == 200) {
        allowed++;
        used = used.add(wanted.get(i).amount());
      } else if (status != 403) {
        unavailable++;
      }
    }
    BigDecimal left = kind.max.subtract(used);
    boolean exact = !LocalDate.now(ZoneOffset.UTC).equals(day) || isExact(kind, name, apiKey, left);
    return new Round(left, exact, allowed, replies.size() - allowed - unavailable, unavailable);
  }

  private List<RawClient.Reply> race(String apiKey, List<Wanted> wanted)
      throws InterruptedException, ExecutionException {
    var start = new CountDownLatch(1);
    var running = new ArrayList<Future<RawClient.Reply>>();
    for (int i = 0; i < callers.size(); i++) {
      RawClient caller = callers.get(i);
      String json = wanted.get(i).json();
      running.add(
          threads.submit(() -> {
            start.await();
            return caller.post("/proxy/execute", apiKey, json);
          }));
    }
    start.countDown();
    var replies = new ArrayList<RawClient.Reply>();
    for (Future<RawClient.Reply> reply : running) {
      replies.add(reply.get());
    }
    return replies;
  }

  /// A third of the callers ask for what another rule refuses, which must not use anything up.
  private Wanted wanted(Kind kind, String session) {
    boolean refused = random.nextInt(3) == 0;
    if (!kind.sums()) {
      return new Wanted(post(session, refused ? "quiet" : "general"), BigDecimal.ONE);
    }
    var amount = BigDecimal.valueOf(random.nextInt(1, 30_000_000), 6);
    return new Wanted(wire(session, amount, refused ? "CHF" : "EUR"), amount);
  }

  private boolean isExact(Kind kind, String name, String apiKey, BigDecimal left)
      throws IOException {
    String session = kind.inOneSession() ? name : name + "-last";
    if (left.signum() < 0) {
      return false;
    }
    if (!kind.sums()) {
      return left.signum() == 0 && status(apiKey, post(session, "general")) == 403;
    }
    BigDecimal millionth = BigDecimal.valueOf(1, 6);
    return status(apiKey, wire(session, left.add(millionth), "EUR")) == 403
        && status(apiKey, wire(session, left, "EUR")) == 200
        && status(apiKey, wire(session, millionth, "EUR")) == 403;
  }

  private int status(String apiKey, String json) throws IOException {
    return callers.getFirst().post("/proxy/execute", apiKey, json).status();
  }

  private static String post(String session, String channel) {
    return call(session, "post_message", "{\"channel\":\"%s\",\"text\":\"t\"}".formatted(channel));
  }

  private static String wire(String session, BigDecimal amount, String currency) {
    return call(
        session,
        "wire_transfer",
        "{\"recipient\":\"DE02120300000000202051\",\"amount\":%s,\"currency\":\"%s\"}"
            .formatted(amount.toPlainString(), currency));
  }

  private static String call(String session, String tool, String args) {
    return "{\"session_id\":\"%s\",\"tool_name\":\"%s\",\"args\":%s}"
        .formatted(session, tool, args);
  }

  @Override
  public void close() throws IOException {
    threads.close();
    for (RawClient caller : callers) {
      caller.close();
    }
  }
}
