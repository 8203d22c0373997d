package dev.interceptor.server.targets;

import dev.interceptor.server.upstream.Caller.Registration;

/// Whether somebody still waits for an answer.
public interface Leaving {
  /// Waits until the answer is there.
  Leaving NEVER = _ -> () -> {};

  /// Calls `abort` once when the client gives up, at once if it has already; from any thread.
  Registration onLeave(Runnable abort);
}
