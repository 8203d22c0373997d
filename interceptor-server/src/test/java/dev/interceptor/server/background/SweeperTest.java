package dev.interceptor.server.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class SweeperTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  @Test
  void whatIsOpenIsLookedAtAgainAndAgainAndNotOnceItIsRemoved() throws Exception {
    try (Sweeper<String> sweeper = Sweeper.start("sweeper", PAUSE, seen::add)) {
      sweeper.add("one");
      assertThat(seen.take()).isEqualTo("one");
      assertThat(seen.take()).isEqualTo("one");
      assertThat(sweeper.remove("one")).isTrue();
      assertThat(sweeper.remove("one")).isFalse();
      sweeper.add("other");
      takeUntil("other");
      seen.clear();
      assertThat(seen.take()).isEqualTo("other");
    }
  }

  @Test
  void itIsWokenFromEverySleepAndEndsWhenItIsClosed() throws Exception {
    var thread = new AtomicReference<Thread>();
    Sweeper<String> sweeper =
        Sweeper.start(
            "sweeper",
            PAUSE,
            text -> {
              thread.set(Thread.currentThread());
              seen.add(text);
            });
    for (int i = 0; i < 200; i++) {
      String text = "text " + i;
      sweeper.add(text);
      takeUntil(text);
      sweeper.remove(text);
    }
    sweeper.close();
    thread.get().join();
  }

  private void takeUntil(String text) throws InterruptedException {
    String next;
    do {
      next = seen.take();
    } while (!next.equals(text));
  }
}
