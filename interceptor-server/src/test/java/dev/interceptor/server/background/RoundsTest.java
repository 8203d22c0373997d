package dev.interceptor.server.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class RoundsTest {
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private static Rounds rounds(Duration pause, Runnable round) {
    return new Rounds("rounds", pause, "rounds are done", round);
  }

  @Test
  void aRoundThatFailsIsFollowedByTheNext() throws Exception {
    var left = new CountDownLatch(3);
    try (var rounds =
        rounds(
            SHORT,
            () -> {
              left.countDown();
              throw new IllegalStateException("not now");
            })) {
      rounds.start();
      left.await();
    }
  }

  @Test
  void aRoundAtOnceIsDoneBeforeThePauseAndEvenIfClosed() {
    var done = new AtomicInteger();
    var rounds = rounds(LONG, done::incrementAndGet);
    rounds.startAtOnce();
    rounds.close();
    assertThat(done).hasValue(1);
  }

  @Test
  void withoutItThePauseComesFirstAndIsCutShort() {
    var done = new AtomicInteger();
    var rounds = rounds(LONG, done::incrementAndGet);
    rounds.start();
    rounds.close();
    assertThat(done).hasValue(0);
  }

  @Test
  void closingWaitsForTheRoundUnderWay() throws Exception {
    var begun = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var ended = new AtomicBoolean();
    var rounds =
        rounds(
            LONG,
            () -> {
              begun.countDown();
              awaitUninterrupted(mayEnd);
              ended.set(true);
            });
    rounds.startAtOnce();
    begun.await();
    rounds.close(SHORT);
    assertThat(ended).isFalse();
    mayEnd.countDown();
    rounds.close();
    assertThat(ended).isTrue();
  }

  @Test
  void whatIsLeftIsDoneAfterTheLastRoundAndMayFail() {
    var done = new AtomicInteger();
    var rounds = rounds(LONG, done::incrementAndGet);
    rounds.startAtOnce();
    rounds.closeAfter(() -> {
      done.addAndGet(10 * done.get());
      throw new IllegalStateException("not now");
    });
    assertThat(done).hasValue(11);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
