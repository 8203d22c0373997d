package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// One run of a configured command. Its environment is what the configuration says and the mark of
/// its process tree; nothing of it outlives `stop`, nor this process unless that is killed.
final class StdioProcess {
  private static final Duration SHUTDOWN = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final Set<StdioProcess> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("stdio-shutdown").unstarted(StdioProcess::killLeft));
  }

  private final Process process;
  private final ProcessTree tree;
  private final PipeWriter writer;
  private volatile boolean stopped;

  private StdioProcess(Process process, ProcessTree tree, PipeWriter writer) {
    this.process = process;
    this.tree = tree;
    this.writer = writer;
  }

  /// @throws UpstreamFault NOT_SENT if the program cannot be started
  static StdioProcess start(UpstreamName upstream, Target.Command command) throws UpstreamFault {
    String id = UUID.randomUUID().toString();
    ProcessBuilder builder = new ProcessBuilder(command.arguments());
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    builder.environment().put(ProcessTree.MARK, id);
    command.folder().ifPresent(folder -> builder.directory(folder.toFile()));
    Process process;
    try {
      process = builder.start();
    } catch (IOException _) {
      throw new UpstreamFault(
          Kind.NOT_SENT,
          "the program of `command` cannot be started: it is not there, not executable, or `cwd` is"
              + " no folder");
    }
    ErrorLines errors = new ErrorLines(upstream, command.secrets());
    Thread.ofPlatform()
        .daemon()
        .name("stderr-" + upstream)
        .start(() -> errors.drain(process.getErrorStream()));
    StdioProcess started =
        new StdioProcess(
            process,
            new ProcessTree(process.toHandle(), id),
            PipeWriter.start(process.getOutputStream(), upstream.value()));
    RUNNING.add(started);
    return started;
  }

  long pid() {
    return process.pid();
  }

  PipeWriter input() {
    return writer;
  }

  InputStream output() {
    return process.getInputStream();
  }

  /// Closes its input and ends it with all that it has started, within 6 s. May be called again,
  /// and then waits for the first call.
  synchronized void stop() {
    if (!stopped) {
      writer.end();
      tree.end();
      RUNNING.remove(this);
      stopped = true;
    }
  }

  boolean isStopped() {
    return stopped;
  }

  /// At the end of this process, for what nobody stops: whoever runs it gets its time to do so.
  private static void killLeft() {
    long end = System.nanoTime() + SHUTDOWN.toNanos();
    while (!RUNNING.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    RUNNING.forEach(running -> running.tree.kill());
  }
}
