package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// One process of a configured command at a time, started when it is needed. One that has ended is
/// replaced at the next use, but not at once: 100 ms after its end, and twice as long each further
/// time, up to 5 s, until one has lived for 10 s.
final class SupervisedProcess implements AutoCloseable {
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
  private static final Duration STEADY = Duration.ofSeconds(10);

  private final UpstreamConfig config;
  private final Target.Command command;
  private final PipeProbe era;
  private final InstantSource clock;
  private @Nullable Running running;
  private int failures;
  private long notBefore;
  private int users;
  private long usedAt = System.nanoTime();
  private boolean closed;

  SupervisedProcess(
      UpstreamConfig config, Target.Command command, PipeProbe era, InstantSource clock) {
    this.config = config;
    this.command = command;
    this.era = era;
    this.clock = clock;
  }

  private record Running(StdioRpcChannel channel, McpToolServer server, long startedAt) {}

  /// The process's server, in use until closed.
  final class Use implements AutoCloseable {
    private final McpToolServer server;
    private boolean over;

    private Use(McpToolServer server) {
      this.server = server;
    }

    McpToolServer server() {
      return server;
    }

    @Override
    public void close() {
      synchronized (SupervisedProcess.this) {
        if (!over) {
          over = true;
          users--;
          usedAt = System.nanoTime();
        }
      }
    }
  }

  /// @throws UpstreamFault NOT_SENT while there is no process
  synchronized Use use() throws UpstreamFault {
    if (closed) {
      throw new UpstreamFault(Kind.NOT_SENT, "the process was stopped");
    }
    Running current = running;
    if (current == null || !current.channel().isOpen()) {
      current = replaced(current);
    }
    users++;
    usedAt = System.nanoTime();
    return new Use(current.server());
  }

  private Running replaced(@Nullable Running ended) throws UpstreamFault {
    if (ended != null) {
      if (!ended.channel().isGone()) {
        throw new UpstreamFault(Kind.NOT_SENT, "the process is being ended");
      }
      running = null;
      boolean steady = ended.channel().endedAtNanos() - ended.startedAt() >= STEADY.toNanos();
      failed(steady ? 1 : failures + 1, ended.channel().endedAtNanos());
    }
    if (failures > 0 && System.nanoTime() < notBefore) {
      throw new UpstreamFault(
          Kind.NOT_SENT, "the process ended " + failures + " times and is started again soon");
    }
    return started();
  }

  private void failed(int times, long atNanos) {
    failures = times;
    long delay = FIRST_DELAY.toMillis() << Math.min(times - 1, 10);
    notBefore = atNanos + Math.min(delay, LONGEST_DELAY.toMillis()) * 1_000_000;
  }

  private Running started() throws UpstreamFault {
    try {
      StdioRpcChannel channel = StdioRpcChannel.start(config, command);
      Running started =
          new Running(
              channel,
              new McpToolServer(config, channel, era.toProcess(), clock),
              System.nanoTime());
      running = started;
      return started;
    } catch (UpstreamFault fault) {
      failed(failures + 1, System.nanoTime());
      throw fault;
    }
  }

  synchronized boolean isUnused() {
    return users == 0;
  }

  /// By `System.nanoTime`.
  synchronized long usedAtNanos() {
    return usedAt;
  }

  /// Ends the process, within 6 s.
  @Override
  public void close() {
    Running last;
    synchronized (this) {
      closed = true;
      last = running;
    }
    if (last != null) {
      last.server().close();
    }
  }
}
