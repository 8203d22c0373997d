package dev.interceptor.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RunningTimeTest {
  /// This process is stopped for a second, as a virtual machine may be.
  @Test
  void timeStandsStillWithTheMachine() throws Exception {
    String self = Long.toString(ProcessHandle.current().pid());
    long began = System.nanoTime();
    long begun = RunningTime.nanoTime();
    Process stopper =
        new ProcessBuilder("sh", "-c", "kill -STOP $0; sleep 1; kill -CONT $0", self).start();
    assertThat(stopper.waitFor()).isZero();
    Duration all = Duration.ofNanos(System.nanoTime() - began);
    assertThat(all).isGreaterThan(Duration.ofSeconds(1));
    assertThat(RunningTime.since(begun)).isLessThan(all.minusMillis(500));
  }

  @Test
  void timeGoesOnWithTheMachine() throws Exception {
    long began = System.nanoTime();
    long begun = RunningTime.nanoTime();
    Await.until(
        "half a second",
        Duration.ofSeconds(20),
        () -> RunningTime.since(begun).compareTo(Duration.ofMillis(500)) > 0);
    assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(500).toNanos());
  }
}
