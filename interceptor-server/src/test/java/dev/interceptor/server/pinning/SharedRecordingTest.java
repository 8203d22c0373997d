package dev.interceptor.server.pinning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.live.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SharedRecordingTest {
  private static final UpstreamName UPSTREAM = new UpstreamName("up");
  private static final Object ONE = new Object();
  private static final Object OTHER = new Object();

  private final SharedRecording recording = new SharedRecording();
  private final AtomicInteger recorded = new AtomicInteger();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  @Test
  void whoComesWithTheSameListingSharesTheOutcome() throws Exception {
    Future<?> first = underWay(() -> {});
    Future<?> second =
        threads.submit(() -> recording.run(UPSTREAM, ONE, recorded::incrementAndGet));
    goOn.countDown();
    first.get();
    second.get();
    assertThat(recorded.get()).isBetween(0, 1);
    recording.run(UPSTREAM, ONE, recorded::incrementAndGet);
    assertThat(recorded.get()).isPositive();
  }

  @Test
  void whoComesWithAnotherListingIsNext() throws Exception {
    Future<?> first = underWay(() -> {});
    Future<?> second =
        threads.submit(() -> recording.run(UPSTREAM, OTHER, recorded::incrementAndGet));
    assertThat(recorded).hasValue(0);
    goOn.countDown();
    first.get();
    second.get();
    assertThat(recorded).hasValue(1);
  }

  @Test
  void aFailureIsOfItsListingAlone() throws Exception {
    Future<?> first =
        underWay(() -> {
          throw new IllegalStateException("broken");
        });
    Future<?> second =
        threads.submit(() -> recording.run(UPSTREAM, OTHER, recorded::incrementAndGet));
    goOn.countDown();
    second.get();
    assertThat(recorded).hasValue(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> {
          try {
            first.get();
          } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
          }
        })
        .withMessage("broken");
  }

  @Test
  void anErrorLeavesRoomForTheNext() {
    assertThatThrownBy(() ->
            recording.run(
                UPSTREAM,
                ONE,
                () -> {
                  throw new AssertionError("broken");
                }))
        .hasMessage("broken");
    recording.run(UPSTREAM, OTHER, recorded::incrementAndGet);
    assertThat(recorded).hasValue(1);
  }

  /// A recording of the first listing that waits.
  private Future<?> underWay(Runnable end) throws Exception {
    var begun = new CountDownLatch(1);
    Future<?> first =
        threads.submit(() ->
            recording.run(
                UPSTREAM,
                ONE,
                () -> {
                  begun.countDown();
                  try {
                    goOn.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  end.run();
                }));
    Await.until("it is under way", Duration.ofSeconds(20), () -> begun.getCount() == 0);
    return first;
  }
}
