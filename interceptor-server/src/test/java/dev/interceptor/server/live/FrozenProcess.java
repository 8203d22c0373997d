package dev.interceptor.server.live;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/// A process and its children, stopped by SIGSTOP: they keep their connections and say nothing.
/// Closing lets them go on.
public final class FrozenProcess implements AutoCloseable {
  private final List<Long> pids;

  private FrozenProcess(List<Long> pids) {
    this.pids = pids;
  }

  /// The parent is stopped first, so that it has no further children.
  public static FrozenProcess freeze(long pid) throws IOException {
    signal("-STOP", pid);
    List<Long> children =
        ProcessHandle.of(pid).orElseThrow().descendants().map(ProcessHandle::pid).toList();
    for (long child : children) {
      signal("-STOP", child);
    }
    return new FrozenProcess(Stream.concat(Stream.of(pid), children.stream()).toList());
  }

  private static void signal(String signal, long pid) throws IOException {
    int status =
        new ProcessBuilder("kill", signal, Long.toString(pid)).start().onExit().join().exitValue();
    if (status != 0 && ProcessHandle.of(pid).isPresent()) {
      throw new IOException("kill " + signal + " failed");
    }
  }

  @Override
  public void close() throws IOException {
    for (long pid : pids) {
      signal("-CONT", pid);
    }
  }
}
