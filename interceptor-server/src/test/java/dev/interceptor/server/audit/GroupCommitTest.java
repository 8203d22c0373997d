package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.Await;
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
  private static final int CAPACITY = 16;
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
  void aFullQueueRefusesAtOnceAndWritesWhatItTookOnce() throws Exception {
    var written = new ConcurrentLinkedQueue<Integer>();
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var accepted = new ConcurrentLinkedQueue<Integer>();
    var refused = new ConcurrentLinkedQueue<Integer>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor();
        var commits =
            new GroupCommit<Integer>(
                "t",
                batch -> {
                  started.countDown();
                  awaitQuietly(release);
                  written.addAll(batch);
                },
                CAPACITY,
                4,
                PATIENT)) {
      commits.start();
      commits.keep(-1);
      started.await();
      for (int row = 0; row < 10 * CAPACITY; row++) {
        int mine = row;
        callers.execute(() -> {
          try {
            commits.write(mine);
            accepted.add(mine);
          } catch (InterceptorException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
            refused.add(mine);
          }
        });
      }
      Await.until("the others are refused", PATIENT, () -> refused.size() == 9 * CAPACITY);
      assertThat(written).isEmpty();
      release.countDown();
      Await.until("what was taken is written", PATIENT, () -> accepted.size() == CAPACITY);
      commits.write(-2);
    }
    assertThat(written).doesNotHaveDuplicates().hasSize(CAPACITY + 2).containsAll(accepted);
    assertThat(written).doesNotContainAnyElementsOf(refused);
  }

  @Test
  void whileTooManyKeptRowsWaitNothingIsTakenAndNoneIsDropped() throws InterruptedException {
    var written = new ConcurrentLinkedQueue<Integer>();
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
    assertThat(written).containsExactly(0, 1, 2);
  }

  @Test
  void keptRowsThatWereNotWrittenByTheEndAreCounted() throws Exception {
    var release = new CountDownLatch(1);
    var commits = new GroupCommit<Integer>("t", _ -> awaitQuietly(release), 10, 10, PATIENT);
    commits.start();
    commits.keep(1);
    Thread.currentThread().interrupt();
    commits.close();
    assertThat(Thread.interrupted()).isTrue();
    commits.keep(2);
    assertThat(commits.unwritten()).isEqualTo(2);
    release.countDown();
    Await.until("they are written", PATIENT, () -> commits.unwritten() == 0);
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
