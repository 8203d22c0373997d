package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final Duration PATIENT = Duration.ofSeconds(20);

  @Test
  void manyCallersShareFewCommitsAndEachRowIsWrittenOnce() {
    var batches = new ConcurrentLinkedQueue<List<Integer>>();
    try (var commits = new GroupCommit<Integer>("t", batches::add, 1000, 100, PATIENT);
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      commits.start();
      var running =
          IntStream.range(0, 500)
              .mapToObj(row -> CompletableFuture.runAsync(() -> commits.write(row), callers))
              .toList();
      running.forEach(CompletableFuture::join);
    }
    assertThat(batches.stream().flatMap(List::stream).sorted())
        .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
    assertThat(batches).allMatch(batch -> batch.size() <= 100);
  }

  @Test
  void aCallerOfAFailedBatchIsToldAndItsRowIsGone() {
    var written = new ConcurrentLinkedQueue<Integer>();
    var broken = new AtomicBoolean(true);
    try (var commits =
        new GroupCommit<Integer>(
            "t", batch -> writeUnless(broken, batch, written), 10, 10, PATIENT)) {
      commits.start();
      assertThatThrownBy(() -> commits.write(1))
          .isInstanceOfSatisfying(
              InterceptorException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE));
      broken.set(false);
      commits.write(2);
    }
    assertThat(written).containsExactly(2);
  }

  @Test
  void aKeptRowOutlivesFailures() {
    var written = new ConcurrentLinkedQueue<Integer>();
    var broken = new AtomicBoolean(true);
    var failedOnce = new CountDownLatch(1);
    try (var commits =
        new GroupCommit<Integer>(
            "t",
            batch -> {
              failedOnce.countDown();
              writeUnless(broken, batch, written);
            },
            10,
            10,
            PATIENT)) {
      commits.start();
      commits.keep(7);
      assertThat(failedOnce).satisfies(latch -> latch.await());
      broken.set(false);
      commits.write(8);
    }
    assertThat(written).contains(7, 8);
  }

  @Test
  void aCallerThatGaveUpBeforeItsBatchBeganLeavesNoRow() throws InterruptedException {
    var written = new ArrayList<Integer>();
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var commits =
        new GroupCommit<Integer>(
            "t",
            batch -> {
              started.countDown();
              awaitQuietly(release);
              written.addAll(batch);
            },
            10,
            1,
            Duration.ofMillis(200));
    try (commits) {
      commits.start();
      commits.keep(0);
      started.await();
      assertThatThrownBy(() -> commits.write(1)).hasMessageContaining("not committed in time");
      release.countDown();
    }
    assertThat(written).containsExactly(0);
  }

  @Test
  void aFullQueueRefusesAndDropsNothing() throws InterruptedException {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var commits =
        new GroupCommit<Integer>(
            "t",
            _ -> {
              started.countDown();
              awaitQuietly(release);
            },
            2,
            1,
            PATIENT);
    try (commits) {
      commits.start();
      commits.keep(0);
      started.await();
      commits.keep(1);
      commits.keep(2);
      assertThatThrownBy(() -> commits.write(3)).hasMessageContaining("full");
      release.countDown();
    }
  }

  private static void writeUnless(
      AtomicBoolean broken, List<Integer> batch, ConcurrentLinkedQueue<Integer> written) {
    if (broken.get()) {
      throw new IllegalStateException("the database is gone");
    }
    written.addAll(batch);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
