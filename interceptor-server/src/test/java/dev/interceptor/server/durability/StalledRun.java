package dev.interceptor.server.durability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.live.AuditChain;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient.Reply;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.live.ServerProcess;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// A server under load whose log cannot be written for a while.
final class StalledRun {
  private static final int CALLERS = 16;
  private static final int MORE_THREADS = 16;
  private static final int ENOUGH = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /// The deadline of 2 s, and 1 s for scheduling on a busy machine.
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(3);

  private final LiveStack stack;
  private final ServerProcess server;

  StalledRun(LiveStack stack, ServerProcess server) {
    this.stack = stack;
    this.server = server;
  }

  /// What stops the log.
  interface Stall {
    /// @return lets the log go on
    AutoCloseable begin() throws Exception;
  }

  /// While the log stands still every call is refused in time and none is forwarded; then calls go
  /// on, and what was forwarded is on record.
  void observe(String name, Stall stall) throws Exception {
    long before = AuditChain.size(stack.config().database());
    var evidence = new Evidence(URI.create(stack.dev().toolServerUrl()));
    try (var crowd = new Crowd(server::url, stack.dev().apiKey()).start(CALLERS)) {
      Await.until("calls are allowed", PATIENCE, () -> crowd.allowed() >= ENOUGH);
      int threads = server.threads();
      long start = RunningTime.nanoTime();
      int mostThreads;
      int refused;
      try (AutoCloseable _ = stall.begin()) {
        refused = crowd.refused();
        int first = refused;
        // From here on no call is under way that was on record before.
        Await.until("calls are refused", PATIENCE, () -> crowd.refused() >= first + 2 * CALLERS);
        evidence.collect();
        long allowed = crowd.allowed();
        int forwarded = evidence.tokens();
        Await.until("more are refused", PATIENCE, () -> crowd.refused() >= first + 6 * CALLERS);
        evidence.collect();
        assertThat(crowd.allowed()).as("allowed meanwhile").isEqualTo(allowed);
        assertThat(evidence.tokens()).as("forwarded meanwhile").isEqualTo(forwarded);
        mostThreads = server.threads();
      }
      long end = RunningTime.nanoTime();
      long allowed = crowd.allowed();
      Duration recovery =
          Await.until(
              "calls are allowed again", PATIENCE, () -> crowd.allowed() > allowed + ENOUGH);
      crowd.finish();
      evidence.collect();
      evidence.collect(crowd.tokens());
      report(name, crowd, Duration.ofNanos(end - start), threads, mostThreads, recovery);
      judge(crowd.unavailable());
      assertThat(mostThreads).isLessThan(threads + MORE_THREADS);
      assertThat(evidence.tokensWithoutPermit(stack.config().database())).isZero();
      assertThat(Evidence.decisionsWithoutRow(stack.config().database(), crowd.decisions()))
          .isZero();
      AuditChain.check(stack.config().database(), before);
    }
  }

  private static void judge(List<Reply> refused) {
    assertThat(refused)
        .allSatisfy(reply -> {
          assertThat(reply.status()).as(reply.body()).isEqualTo(503);
          assertThat(reply.code()).isIn(Set.of("AUDIT_UNAVAILABLE", "STATE_UNAVAILABLE"));
          assertThat(reply.took()).isLessThan(LONGEST_ANSWER);
        })
        .anySatisfy(reply -> assertThat(reply.code()).isEqualTo("AUDIT_UNAVAILABLE"));
  }

  private static void report(
      String name, Crowd crowd, Duration length, int threads, int mostThreads, Duration recovery) {
    System.out.printf(
        "%s for %s: %d refused, slowest %s; threads %d to %d; 100 more allowed after %s%n",
        name,
        length,
        crowd.refused(),
        crowd.unavailable().stream().map(Reply::took).max(Comparator.naturalOrder()).orElseThrow(),
        threads,
        mostThreads,
        recovery);
  }
}
