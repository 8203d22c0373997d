package dev.interceptor.server.mcp;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Looks after answers that take long: one daemon thread that sleeps while there are none.
final class KeepAlives implements AutoCloseable {
  private static final long SWEEP_NANOS = Duration.ofMillis(250).toNanos();

  private final Set<ReplyStream> open = ConcurrentHashMap.newKeySet();
  private final Thread sweeper;
  private volatile boolean idle;
  private volatile boolean closed;

  private KeepAlives() {
    sweeper = Thread.ofPlatform().daemon().name("mcp-keep-alives").unstarted(this::sweep);
  }

  static KeepAlives start() {
    KeepAlives keepAlives = new KeepAlives();
    keepAlives.sweeper.start();
    return keepAlives;
  }

  void watch(ReplyStream stream) {
    open.add(stream);
    if (idle) {
      LockSupport.unpark(sweeper);
    }
  }

  void forget(ReplyStream stream) {
    open.remove(stream);
  }

  private void sweep() {
    while (!closed) {
      idle = open.isEmpty();
      // Looks again after `idle` is visible, or a stream added in between would not be seen.
      if (idle && open.isEmpty()) {
        LockSupport.park(this);
      } else {
        idle = false;
        LockSupport.parkNanos(this, SWEEP_NANOS);
      }
      long now = System.nanoTime();
      for (ReplyStream stream : open) {
        if (stream.isDue(now)) {
          // A client that does not read must not hold up the others.
          Thread.startVirtualThread(stream::keepAlive);
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(sweeper);
  }
}
