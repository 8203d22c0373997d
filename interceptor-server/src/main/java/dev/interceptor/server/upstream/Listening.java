package dev.interceptor.server.upstream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber's stream of changes, held open by a virtual thread of its own.
final class Listening implements Caller.Registration, Exchange.Leaving, Exchange.NoticeSink {
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private final Interests interests;
  private final Consumer<Notice> subscriber;
  private final Runnable ended;
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
  private @Nullable Runnable abort;
  private boolean closed;

  Listening(Interests interests, Consumer<Notice> subscriber, Runnable ended) {
    this.interests = interests;
    this.subscriber = subscriber;
    this.ended = ended;
  }

  /// Reads a stream to its end.
  interface Stream {
    RpcAnswer read(Listening listening) throws UpstreamFault;
  }

  Interests interests() {
    return interests;
  }

  /// Opens the stream and returns when the server has agreed to it, or has no such thing.
  ///
  /// @throws UpstreamFault if there is no stream by the deadline
  void open(Stream stream, Deadline deadline) throws UpstreamFault {
    Thread.startVirtualThread(() -> run(stream));
    try {
      var _ = begun.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof UpstreamFault fault
          ? new UpstreamFault(fault.kind(), fault.operatorDetail())
          : UpstreamFault.protocol("listening failed");
    } catch (TimeoutException e) {
      close();
      throw new UpstreamFault(UpstreamFault.Kind.TIMEOUT, "no stream of changes in time");
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new UpstreamFault(UpstreamFault.Kind.NOT_SENT, "interrupted");
    }
  }

  private void run(Stream stream) {
    try {
      RpcAnswer end = stream.read(this);
      if (end instanceof RpcAnswer.Result || end.isUnknownMethod()) {
        begun();
      } else {
        begun.completeExceptionally(UpstreamFault.refused("no stream of changes"));
      }
    } catch (UpstreamFault fault) {
      LOG.debug("a stream of changes ended: {}", fault.operatorDetail());
      begun.completeExceptionally(fault);
    } catch (RuntimeException e) {
      LOG.warn("a stream of changes was given up", e);
      begun.completeExceptionally(e);
    }
    if (!begun.isCompletedExceptionally() && !isClosed()) {
      ended.run();
    }
  }

  /// The server has agreed.
  void begun() {
    begun.complete(true);
  }

  @Override
  public void take(Notice notice) {
    boolean wanted =
        switch (notice.method()) {
          case Notice.TOOLS_CHANGED -> interests.toolsList();
          case Notice.PROMPTS_CHANGED -> interests.promptsList();
          case Notice.RESOURCES_CHANGED -> interests.resourcesList();
          case Notice.RESOURCE_UPDATED ->
              interests.resources().contains(notice.params().path("uri").asText(""));
          default -> false;
        };
    if (wanted && !isClosed()) {
      subscriber.accept(notice);
    }
  }

  /// There is one exchange at a time.
  @Override
  public Caller.Registration onLeave(Runnable whenClosed) {
    synchronized (this) {
      if (!closed) {
        abort = whenClosed;
        return this::isOver;
      }
    }
    whenClosed.run();
    return () -> {};
  }

  private synchronized void isOver() {
    abort = null;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    Runnable running;
    synchronized (this) {
      closed = true;
      running = abort;
      abort = null;
    }
    if (running != null) {
      running.run();
    }
  }
}
