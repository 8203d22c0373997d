package dev.interceptor.server.fault;

import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient.Reply;
import dev.interceptor.server.live.RunningTime;
import dev.interceptor.server.live.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// One fault under load: what was answered before, during and after it.
final class FaultRun {
  private static final int CALLERS = 32;
  private static final long WARM_CALLS = 200;
  private static final Duration LENGTH = Duration.ofSeconds(4);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LiveStack stack;
  private final ServerProcess server;

  FaultRun(LiveStack stack, ServerProcess server) {
    this.stack = stack;
    this.server = server;
  }

  /// @param straddling answers to calls that were under way when the fault was complete, with the
  ///   last ones of each caller of the time before
  /// @param during answers to calls that were sent when the fault was complete, all of them
  ///   received before it ended
  /// @param recovery from the end of the fault to the first call that was allowed again
  /// @param allRecovered from the end of the fault until every caller was allowed again
  record Observed(
      List<Reply> straddling,
      List<Reply> during,
      String duringSessions,
      int threadsBefore,
      int mostThreads,
      Duration recovery,
      Duration allRecovered) {}

  Observed observe(Fault fault) throws Exception {
    String name = fault + "-" + Long.toString(System.nanoTime(), 36);
    var stop = new AtomicBoolean();
    try (var before = callers(name + "-before");
        var during = callers(name + "-during");
        var after = callers(name + "-after")) {
      before.start(CALLERS, stop::get);
      Await.until("warm", PATIENCE, () -> before.allowed() >= WARM_CALLS);
      int threadsBefore = server.threads();

      AutoCloseable end = fault.inject(stack.dev().services());
      long begun = RunningTime.nanoTime();
      int mostThreads;
      try {
        during.start(CALLERS, () -> RunningTime.nanoTime() - begun > LENGTH.toNanos());
        stop.set(true);
        before.join();
        mostThreads = server.threads();
        during.join();
        mostThreads = Math.max(mostThreads, server.threads());
      } finally {
        end.close();
      }
      long returned = RunningTime.nanoTime();
      var ofEach = new AtomicBoolean();
      after.start(CALLERS, ofEach::get);
      Await.until("allowed again", PATIENCE, () -> after.allowed() > 0);
      Duration recovery = RunningTime.since(returned);
      Await.until("all again", PATIENCE, () -> after.allowed() >= WARM_CALLS);
      Duration allRecovered = RunningTime.since(returned);
      ofEach.set(true);
      after.join();
      return new Observed(
          before.replies().stream().filter(reply -> reply.doneAt() > begun).toList(),
          during.replies(),
          name + "-during-",
          threadsBefore,
          mostThreads,
          recovery,
          allRecovered);
    }
  }

  private Callers callers(String phase) {
    return new Callers(server.url(), stack.dev().apiKey(), phase);
  }
}
