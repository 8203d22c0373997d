package dev.interceptor.server.background;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Looks at what is open, one after the other and again after a pause: one daemon thread that
/// sleeps while there is nothing, so that each costs two operations on a concurrent set and no
/// timer. Safe for use by many threads.
///
/// @param <T> told apart by `equals`
public final class Sweeper<T> implements AutoCloseable {
  private final Set<T> open = ConcurrentHashMap.newKeySet();
  private final long pauseNanos;
  private final Consumer<T> look;
  private final Thread thread;
  private volatile boolean idle;
  private volatile boolean closed;

  private Sweeper(String name, Duration pause, Consumer<T> look) {
    this.pauseNanos = pause.toNanos();
    this.look = look;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::sweep);
  }

  /// @param name of the thread
  /// @param look does not wait and does not fail
  public static <T> Sweeper<T> start(String name, Duration pause, Consumer<T> look) {
    var sweeper = new Sweeper<>(name, pause, look);
    sweeper.thread.start();
    return sweeper;
  }

  public void add(T opened) {
    open.add(opened);
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  /// @return false if it was not open any more
  public boolean remove(T ended) {
    return open.remove(ended);
  }

  private void sweep() {
    while (!closed) {
      idle = open.isEmpty();
      // Looks again after `idle` is visible, or what is added in between would not be seen.
      if (idle && open.isEmpty()) {
        LockSupport.park(this);
      } else {
        idle = false;
        LockSupport.parkNanos(this, pauseNanos);
      }
      open.forEach(look);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
