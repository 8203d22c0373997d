package dev.interceptor.server.background;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that is done again and again by a thread of its own.
///
/// *Guarantees*: rounds never overlap, and a pause is between two of them. A round that fails is
/// logged; the next one comes all the same.
public final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final long UNTIL_IT_ENDS = 0;

  private final Duration pause;
  private final String work;
  private final Runnable round;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private boolean atOnce;

  /// @param name of the thread
  /// @param work what a round does, in the words of the log: `the files are looked at`
  public Rounds(String name, Duration pause, String work, Runnable round) {
    this.pause = pause;
    this.work = work;
    this.round = round;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /// Starts with a pause.
  public void start() {
    thread.start();
  }

  /// Starts with a round, which is done even if it is closed at once.
  public void startAtOnce() {
    atOnce = true;
    thread.start();
  }

  private void run() {
    try {
      if (atOnce) {
        attempt(round);
      }
      while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        attempt(round);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void attempt(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.warn("{} later: {}", work, e.toString());
    }
  }

  /// Stops, and waits for the round that is under way.
  @Override
  public void close() {
    close(UNTIL_IT_ENDS);
  }

  /// Stops, and does what is left when the round that is under way is over.
  ///
  /// @param rest may fail as a round may
  public void closeAfter(Runnable rest) {
    close();
    attempt(rest);
  }

  /// Stops, and waits for the round that is under way, but not longer than this.
  ///
  /// @param patience 1 ms at least
  public void close(Duration patience) {
    close(patience.toMillis());
  }

  private void close(long millis) {
    closing.countDown();
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
