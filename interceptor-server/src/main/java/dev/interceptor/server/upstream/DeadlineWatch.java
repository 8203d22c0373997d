package dev.interceptor.server.upstream;

import dev.interceptor.server.background.Sweeper;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aborts exchanges whose deadline is over, however slowly their bytes trickle in: looks at the
/// open ones every 20 ms.
public final class DeadlineWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadlineWatch.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Sweeper<Watched> open;

  private DeadlineWatch(Sweeper<Watched> open) {
    this.open = open;
  }

  public static DeadlineWatch start(String name) {
    return new DeadlineWatch(
        Sweeper.start("deadlines-" + name, BETWEEN_LOOKS, Watched::abortIfOver));
  }

  /// Calls `abort` once if the deadline passes before the returned watch is closed.
  public Watched watch(Deadline deadline, Runnable abort) {
    Watched watched = new Watched(deadline, abort);
    open.add(watched);
    return watched;
  }

  @Override
  public void close() {
    open.close();
  }

  /// One exchange under watch.
  public final class Watched implements AutoCloseable {
    private volatile Deadline deadline;
    private final Runnable abort;

    private Watched(Deadline deadline, Runnable abort) {
      this.deadline = deadline;
      this.abort = abort;
    }

    /// Puts another deadline in the place of the one that was watched.
    public void until(Deadline next) {
      deadline = next;
    }

    private void abortIfOver() {
      if (!deadline.isOver() || !open.remove(this)) {
        return;
      }
      try {
        abort.run();
      } catch (RuntimeException e) {
        LOG.warn("an overdue exchange could not be aborted", e);
      }
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }
}
