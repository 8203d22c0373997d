package dev.interceptor.server.race;

import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Races a source that taints against a sink that the taint closes, over several servers, one
/// session a pair.
///
/// The oracle is causal: a sink whose request was sent after the first byte of the tainted answer
/// had been read must be refused; one that was sent earlier may have either answer. After each pair
/// a third call, another sink, asks whether the taint was lost.
final class RaceHarness {
  private final List<URI> servers;
  private final String apiKey;
  private final int pairs;
  private final StopRule stopRule;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final LongAdder judged = new LongAdder();
  private final LongAdder tooLate = new LongAdder();
  private final LongAdder inTime = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final AtomicInteger firstCaught = new AtomicInteger();

  /// When a run ends early.
  enum StopRule {
    NEVER,
    AT_FIRST_BYPASS
  }

  RaceHarness(List<URI> servers, String apiKey, int pairs, StopRule stopRule) {
    this.servers = List.copyOf(servers);
    this.apiKey = apiKey;
    this.pairs = pairs;
    this.stopRule = stopRule;
  }

  /// @param judged sinks that were sent after the first tainted byte
  /// @param allowedTooLate judged sinks that were allowed all the same
  /// @param allowedInTime sinks that were allowed and had been sent before the first tainted byte
  /// @param unavailable pairs that were raced again because a busy server answered 503
  /// @param firstCaught number of the first pair with a bypass, 0 for none
  record Result(
      int pairs,
      long judged,
      long allowedTooLate,
      long allowedInTime,
      long unavailable,
      int firstCaught) {}

  Result race(int workers, long seed) throws IOException, InterruptedException, ExecutionException {
    var lanes = new ArrayList<Lane>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (int worker = 0; worker < workers; worker++) {
        var lane = new Lane(servers, apiKey, threads, seed + worker);
        lanes.add(lane);
        running.add(
            threads.submit(() -> {
              run(lane);
              return true;
            }));
      }
      for (Future<?> lane : running) {
        lane.get();
      }
    } finally {
      for (Lane lane : lanes) {
        lane.close();
      }
    }
    return new Result(
        done.get(),
        judged.sum(),
        tooLate.sum(),
        inTime.sum(),
        unavailable.sum(),
        firstCaught.get());
  }

  private void run(Lane lane) throws IOException, InterruptedException, ExecutionException {
    for (int pair = next.incrementAndGet(); pair <= pairs; pair = next.incrementAndGet()) {
      if (stopRule == StopRule.AT_FIRST_BYPASS && firstCaught.get() > 0) {
        return;
      }
      Optional<Lane.Pair> raced = lane.race();
      while (raced.isEmpty()) {
        unavailable.increment();
        if (unavailable.sum() > pairs) {
          throw new IllegalStateException("the servers refuse more than they decide");
        }
        raced = lane.race();
      }
      judge(pair, raced.get());
      done.incrementAndGet();
    }
  }

  private void judge(int pair, Lane.Pair calls) {
    for (RawClient.Reply sink : calls.sinks()) {
      boolean afterTaint = sink.sentAt() > calls.source().firstByteAt();
      boolean allowed = sink.status() == 200;
      if (afterTaint) {
        judged.increment();
      }
      if (allowed) {
        (afterTaint ? tooLate : inTime).increment();
      }
      if (allowed && afterTaint) {
        firstCaught.compareAndSet(0, pair);
      }
    }
  }
}
