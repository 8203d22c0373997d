package dev.interceptor.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was started so far, to be closed in reverse order.
final class Parts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  private final Deque<AutoCloseable> kept = new ArrayDeque<>();

  <T extends AutoCloseable> T keep(T part) {
    kept.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!kept.isEmpty()) {
      try {
        kept.pop().close();
      } catch (Exception e) {
        LOG.warn("a part did not close cleanly: {}", e.toString());
      }
    }
  }
}
