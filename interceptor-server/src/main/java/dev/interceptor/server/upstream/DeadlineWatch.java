package dev.interceptor.server.upstream;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aborts exchanges whose deadline is over, however slowly their bytes trickle in.
///
/// One daemon thread sweeps the open exchanges every 20 ms and sleeps while there are none, so that
/// watching an exchange costs two operations on a concurrent set and no timer.
public final class DeadlineWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadlineWatch.class);
  private static final long SWEEP_NANOS = Duration.ofMillis(20).toNanos();

  private final Set<Watched> open = ConcurrentHashMap.newKeySet();
  private final Thread sweeper;
  private volatile boolean idle;
  private volatile boolean closed;

  private DeadlineWatch(String name) {
    sweeper = Thread.ofPlatform().daemon().name("deadlines-" + name).unstarted(this::sweep);
  }

  public static DeadlineWatch start(String name) {
    DeadlineWatch watch = new DeadlineWatch(name);
    watch.sweeper.start();
    return watch;
  }

  /// Calls `abort` once if the deadline passes before the returned watch is closed.
  public Watched watch(Deadline deadline, Runnable abort) {
    Watched watched = new Watched(deadline, abort);
    open.add(watched);
    if (idle) {
      LockSupport.unpark(sweeper);
    }
    return watched;
  }

  private void sweep() {
    while (!closed) {
      idle = open.isEmpty();
      // Looks again after `idle` is visible, or an exchange added in between would not be seen.
      if (idle && open.isEmpty()) {
        LockSupport.park(this);
      } else {
        idle = false;
        LockSupport.parkNanos(this, SWEEP_NANOS);
      }
      open.forEach(Watched::abortIfOver);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(sweeper);
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
