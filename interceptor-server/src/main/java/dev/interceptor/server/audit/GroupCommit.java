package dev.interceptor.server.audit;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns many small writes into few transactions: while one batch is being committed the next one
/// gathers.
///
/// A *waiting* row belongs to a caller: if its batch fails, or the caller stops waiting before the
/// batch began, the row is dropped and the caller is told. A *kept* row has no caller: it stays
/// queued until a batch with it is committed. Both queues are bounded and refuse when full.
final class GroupCommit<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /// Writes a batch in one transaction; returns only after the commit.
  interface Writer<T> {
    void commit(List<T> batch);
  }

  private record Waiting<T>(T row, CompletableFuture<Boolean> committed) {}

  private final Writer<T> writer;
  private final int capacity;
  private final int maxBatch;
  private final Duration deadline;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Deque<Waiting<T>> waiting = new ArrayDeque<>();
  private final Deque<T> kept = new ArrayDeque<>();
  private final Thread thread;
  private boolean closed;
  private int keptUnderWay;

  GroupCommit(String name, Writer<T> writer, int capacity, int maxBatch, Duration deadline) {
    this.writer = writer;
    this.capacity = capacity;
    this.maxBatch = maxBatch;
    this.deadline = deadline;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Returns when the row is committed.
  ///
  /// @throws InterceptorException AUDIT_UNAVAILABLE if it is not known to be, by the deadline
  void write(T row) {
    var entry = new Waiting<>(row, new CompletableFuture<Boolean>());
    lock.lock();
    try {
      if (closed || waiting.size() >= capacity || kept.size() >= capacity) {
        throw unavailable("the decision log's queue is full or closed", null);
      }
      waiting.add(entry);
      work.signal();
    } finally {
      lock.unlock();
    }
    await(entry);
  }

  private void await(Waiting<T> entry) {
    try {
      entry.committed().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(entry);
      throw unavailable("interrupted while recording", e);
    } catch (TimeoutException e) {
      giveUp(entry);
      throw unavailable("the row was not committed in time", e);
    } catch (ExecutionException e) {
      throw unavailable("the row could not be written", e.getCause());
    }
  }

  private void giveUp(Waiting<T> entry) {
    lock.lock();
    try {
      waiting.remove(entry);
    } finally {
      lock.unlock();
    }
  }

  /// Queues a row that must not be lost.
  void keep(T row) {
    lock.lock();
    try {
      if (closed) {
        LOG.error("a row came after the end and may not be written");
      }
      kept.add(row);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /// As `keep`, for what can wait elsewhere: refused while a quarter of the queue is taken.
  boolean offer(T row) {
    lock.lock();
    try {
      if (closed || kept.size() >= capacity / 4) {
        return false;
      }
      kept.add(row);
      work.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      List<Waiting<T>> batch = new ArrayList<>();
      List<T> keptBatch = new ArrayList<>();
      if (!take(batch, keptBatch)) {
        return;
      }
      commit(batch, keptBatch);
    }
  }

  /// Kept rows come first, so that an outcome is never written after the next decision of its
  /// caller.
  private boolean take(List<Waiting<T>> batch, List<T> keptBatch) {
    lock.lock();
    try {
      while (waiting.isEmpty() && kept.isEmpty()) {
        if (closed) {
          return false;
        }
        work.awaitUninterruptibly();
      }
      while (keptBatch.size() < Math.max(1, maxBatch / 2) && !kept.isEmpty()) {
        keptBatch.add(kept.poll());
      }
      while (batch.size() + keptBatch.size() < maxBatch && !waiting.isEmpty()) {
        batch.add(waiting.poll());
      }
      keptUnderWay = keptBatch.size();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void commit(List<Waiting<T>> batch, List<T> keptBatch) {
    var rows = new ArrayList<T>(batch.size() + keptBatch.size());
    batch.forEach(entry -> rows.add(entry.row()));
    rows.addAll(keptBatch);
    try {
      writer.commit(rows);
      written();
      batch.forEach(entry -> entry.committed().complete(Boolean.TRUE));
    } catch (RuntimeException | Error e) {
      LOG.warn("a batch of {} rows was not written: {}", rows.size(), e.toString());
      batch.forEach(entry -> entry.committed().completeExceptionally(e));
      putBack(keptBatch);
    }
  }

  private void written() {
    lock.lock();
    try {
      keptUnderWay = 0;
    } finally {
      lock.unlock();
    }
  }

  private void putBack(List<T> keptBatch) {
    if (keptBatch.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      keptBatch.reversed().forEach(kept::addFirst);
      keptUnderWay = 0;
    } finally {
      lock.unlock();
    }
    LockSupport.parkNanos(RETRY.toNanos());
  }

  private static InterceptorException unavailable(
      String operatorDetail, @Nullable Throwable cause) {
    return cause == null
        ? InterceptorException.of(ErrorCode.AUDIT_UNAVAILABLE, operatorDetail)
        : InterceptorException.of(ErrorCode.AUDIT_UNAVAILABLE, operatorDetail, cause);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(FAREWELL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int left = unwritten();
    if (left > 0) {
      LOG.error("{} rows that had to be kept were not written before the end", left);
    }
  }

  /// How many kept rows are not known to be written: those that wait, and those of the batch that
  /// is under way.
  int unwritten() {
    lock.lock();
    try {
      return kept.size() + keptUnderWay;
    } finally {
      lock.unlock();
    }
  }
}
