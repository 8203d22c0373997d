package dev.interceptor.server.http;

import dev.interceptor.server.upstream.Caller.Registration;
import java.util.ArrayList;
import java.util.List;

/// Whether someone who waits has given up, and who wants to know. Happens once.
public final class Departure {
  private final List<Runnable> watchers = new ArrayList<>(1);
  private boolean left;

  public void leave() {
    List<Runnable> told;
    synchronized (watchers) {
      if (left) {
        return;
      }
      left = true;
      told = List.copyOf(watchers);
      watchers.clear();
    }
    told.forEach(Runnable::run);
  }

  public boolean hasLeft() {
    synchronized (watchers) {
      return left;
    }
  }

  /// Calls `abort` once on departure, at once if that has been.
  public Registration onLeave(Runnable abort) {
    synchronized (watchers) {
      if (!left) {
        watchers.add(abort);
        return () -> forget(abort);
      }
    }
    abort.run();
    return () -> {};
  }

  private void forget(Runnable abort) {
    synchronized (watchers) {
      watchers.remove(abort);
    }
  }
}
