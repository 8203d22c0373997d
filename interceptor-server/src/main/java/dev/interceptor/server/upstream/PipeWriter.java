package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/// Writes lines into a pipe, one after the other, on a thread of its own: a write to a pipe that
/// nobody reads cannot be interrupted, and whoever waits for it must not be held by it.
final class PipeWriter {
  private final OutputStream pipe;
  private final BlockingQueue<Line> queue = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  private PipeWriter(OutputStream pipe) {
    this.pipe = pipe;
  }

  static PipeWriter start(OutputStream pipe, String name) {
    PipeWriter writer = new PipeWriter(pipe);
    Thread.ofPlatform().daemon().name("stdin-" + name).start(writer::run);
    return writer;
  }

  private enum State {
    WAITING,
    BEGUN,
    WITHDRAWN
  }

  @SuppressWarnings("ArrayRecordComponent") // The line is made for one write and not compared.
  private record Line(byte[] bytes, AtomicReference<State> state, CompletableFuture<State> done) {
    static Line of(byte[] bytes) {
      return new Line(bytes, new AtomicReference<>(State.WAITING), new CompletableFuture<>());
    }
  }

  /// Writes a line and returns when it has been written.
  ///
  /// @param line without a line feed
  /// @throws UpstreamFault NOT_SENT if not a byte of it was written, TIMEOUT if the pipe took a
  ///   part of it by the deadline, DISCONNECTED if the pipe broke meanwhile
  void write(byte[] line, Deadline deadline) throws UpstreamFault {
    Line waiting = Line.of(line);
    queue.add(waiting);
    if (ended) {
      throw unfinished(waiting, Kind.DISCONNECTED, "the process has ended");
    }
    try {
      waiting.done().get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      throw unfinished(waiting, Kind.TIMEOUT, "the process does not read its input");
    } catch (ExecutionException _) {
      throw unfinished(waiting, Kind.DISCONNECTED, "the process has closed its input");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw unfinished(waiting, Kind.DISCONNECTED, "interrupted");
    }
  }

  private static UpstreamFault unfinished(Line line, Kind begun, String detail) {
    return line.state().compareAndSet(State.WAITING, State.WITHDRAWN)
        ? new UpstreamFault(Kind.NOT_SENT, detail)
        : new UpstreamFault(begun, detail);
  }

  /// Writes a line that nobody waits for.
  void offer(byte[] line) {
    queue.add(Line.of(line));
  }

  /// Closes the pipe after what has been begun; what waits is not written any more.
  void end() {
    ended = true;
    queue.add(Line.of(new byte[0]));
  }

  private void run() {
    try (pipe) {
      while (true) {
        Line line = queue.take();
        if (ended) {
          break;
        }
        if (line.state().compareAndSet(State.WAITING, State.BEGUN)) {
          put(line);
        }
      }
    } catch (IOException _) {
      ended = true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    IOException closed = new IOException("closed");
    queue.forEach(line -> line.done().completeExceptionally(closed));
  }

  private void put(Line line) throws IOException {
    try {
      pipe.write(line.bytes());
      pipe.write('\n');
      pipe.flush();
      line.done().complete(State.BEGUN);
    } catch (IOException e) {
      line.done().completeExceptionally(e);
      throw e;
    }
  }
}
