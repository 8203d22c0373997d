package dev.interceptor.server.upstream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process and everything that it has started, also what its parents have left behind.
///
/// What a process starts inherits a variable with a value of this tree's own, by which it is found
/// where `/proc` shows it; elsewhere only descendants of the living are.
final class ProcessTree {
  /// The variable that marks a tree.
  static final String MARK = "INTERCEPTOR_STDIO_ID";

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ProcessHandle root;
  private final byte[] mark;
  private final Set<ProcessHandle> known = new HashSet<>();

  /// @param id the value of the mark
  ProcessTree(ProcessHandle root, String id) {
    this.root = root;
    this.mark = (MARK + "=" + id + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /// Waits for the tree to end by itself, asks it to end, and makes it end: 2 s each. Returns when
  /// nothing of it is left that this process may end.
  void end() {
    awaitEnd(alive());
    Set<ProcessHandle> left = alive();
    left.forEach(ProcessHandle::destroy);
    awaitEnd(left);
    left = alive();
    left.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(left);
    // What a process started while it was being ended.
    alive().forEach(ProcessHandle::destroyForcibly);
  }

  /// Makes all of it end at once.
  void kill() {
    alive().forEach(ProcessHandle::destroyForcibly);
  }

  private synchronized Set<ProcessHandle> alive() {
    known.add(root);
    root.descendants().forEach(known::add);
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(this::isMarked).forEach(known::add);
    }
    known.removeIf(process -> !process.isAlive());
    return Set.copyOf(known);
  }

  private boolean isMarked(ProcessHandle process) {
    Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
    try {
      return holdsMark(Files.readAllBytes(environment));
    } catch (IOException | SecurityException _) {
      // Ended meanwhile, of another user, or of a system without such files.
      return false;
    }
  }

  private boolean holdsMark(byte[] environment) {
    for (int i = 0; i + mark.length <= environment.length; i++) {
      boolean begins = i == 0 || environment[i - 1] == 0;
      if (begins && Arrays.equals(environment, i, i + mark.length, mark, 0, mark.length)) {
        return true;
      }
    }
    return false;
  }

  private static void awaitEnd(Set<ProcessHandle> processes) {
    CompletableFuture<?>[] ends =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(ends)
        .completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }
}
