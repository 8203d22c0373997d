package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.ReplayGuard.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every replay guard promises, in memory and in Redis.
abstract class ReplayGuardContract {
  private static final int PRESENTERS = 64;

  /// Later than the beginning of any guard's memory here, as the life of a token is that was minted
  /// a second after it.
  final Instant from = Instant.now().plusSeconds(120);

  final Instant until = from.plusSeconds(9);

  /// A guard whose memory begins about now.
  abstract ReplayGuard guard();

  /// Leaves no room for another id in [#guard].
  abstract void fill();

  @Test
  void ofManyUsesOfOneIdAtTheSameTimeOneIsTheFirst() throws Exception {
    ReplayGuard guard = guard();
    int ids = 200;
    var start = new CountDownLatch(1);
    List<Future<Integer>> counts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(PRESENTERS)) {
      for (int i = 0; i < PRESENTERS; i++) {
        counts.add(
            threads.submit(() -> {
              start.await();
              int first = 0;
              for (int id = 0; id < ids; id++) {
                first += guard.use("raced" + id, from, until) == Use.FIRST_USE ? 1 : 0;
              }
              return first;
            }));
      }
      start.countDown();
      int first = 0;
      for (Future<Integer> count : counts) {
        first += count.get();
      }
      assertThat(first).isEqualTo(ids);
    }
  }

  @Test
  void aSecondUseIsAReplayWhateverItsTimes() {
    ReplayGuard guard = guard();
    assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
    assertThat(guard.use("a", from, until)).isEqualTo(Use.REPLAYED);
    assertThat(guard.use("a", from.plusSeconds(1), until.plusSeconds(1))).isEqualTo(Use.REPLAYED);
    assertThat(guard.use("b", from, until)).isEqualTo(Use.FIRST_USE);
  }

  @Test
  void whatMayHaveBeenUsedBeforeTheGuardBeganIsNotAFirstUse() {
    Instant before = from.minusSeconds(180);
    ReplayGuard guard = guard();
    assertThat(guard.use("a", before, until)).isEqualTo(Use.UNCERTAIN);
    assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
    assertThat(guard.use("a", before, until)).isEqualTo(Use.REPLAYED);
  }

  @Test
  void whatIsLongOverIsNotAFirstUse() {
    assertThat(guard().use("a", from, Instant.now().minusSeconds(10))).isNotEqualTo(Use.FIRST_USE);
  }

  @Test
  void aFullGuardRefusesNewIdsAndStillKnowsTheOld() {
    ReplayGuard guard = guard();
    assertThat(guard.use("a", from, until)).isEqualTo(Use.FIRST_USE);
    fill();
    assertThat(guard.use("b", from, until)).isEqualTo(Use.FULL);
    assertThat(guard.use("a", from, until)).isNotEqualTo(Use.FIRST_USE);
    assertThat(guard.use("b", from, until)).isEqualTo(Use.FULL);
  }
}
