package dev.interceptor.server.targets;

import dev.interceptor.server.targets.ModelFault.Kind;
import dev.interceptor.server.upstream.Deadline;
import dev.interceptor.server.upstream.DeadlineWatch;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.jspecify.annotations.Nullable;

/// The time and the end of one exchange with a provider: by the watch, or because the client left.
final class Exchange implements AutoCloseable {
  private static final Deadline NEVER = Deadline.after(Duration.ofDays(365 * 100));

  private final HttpUriRequestBase message;
  private final Departure departure;
  private final Duration idle;
  private final DeadlineWatch.Watched watched;
  private volatile boolean overdue;

  /// @param timeout until the answer's headers are there
  /// @param idle between two bytes of the answer
  Exchange(
      HttpUriRequestBase message,
      Duration timeout,
      Duration idle,
      DeadlineWatch watch,
      Departure departure) {
    this.message = message;
    this.departure = departure;
    this.idle = idle;
    this.watched = watch.watch(Deadline.after(timeout), this::expire);
    departure.underWay(message);
  }

  private void expire() {
    overdue = true;
    message.cancel();
  }

  void expectBytes() {
    watched.until(Deadline.after(idle));
  }

  /// The time that the reader takes is not the provider's.
  void expectNothing() {
    watched.until(NEVER);
  }

  ModelFault fault(Exception e) {
    String what = e.getClass().getSimpleName();
    if (departure.isOver()) {
      return new ModelFault(Kind.ABANDONED, "the client left");
    }
    if (overdue) {
      return new ModelFault(Kind.TIMEOUT, "nothing came in time");
    }
    if (e instanceof ModelFault fault) {
      return fault;
    }
    boolean malformed =
        e instanceof ClientProtocolException
            || e instanceof MessageConstraintException
            || (e instanceof MalformedChunkCodingException
                && !(e instanceof TruncatedChunkException));
    return malformed
        ? ModelFault.protocol("the answer is not HTTP: " + what)
        : new ModelFault(Kind.UNREACHABLE, "no connection, or it broke: " + what);
  }

  @Override
  public void close() {
    watched.close();
    departure.over();
  }

  /// Whether the client of a request is still there.
  static final class Departure {
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile @Nullable HttpUriRequestBase message;

    void leave() {
      gone.countDown();
      HttpUriRequestBase current = message;
      if (current != null) {
        current.cancel();
      }
    }

    boolean isOver() {
      return gone.getCount() == 0;
    }

    private void underWay(HttpUriRequestBase begun) {
      message = begun;
      if (isOver()) {
        begun.cancel();
      }
    }

    private void over() {
      message = null;
    }

    /// @throws ModelFault ABANDONED if the client left meanwhile
    void pause(Duration wait) throws ModelFault {
      try {
        if (gone.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new ModelFault(Kind.ABANDONED, "the client left");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ModelFault(Kind.ABANDONED, "the interceptor stops");
      }
    }
  }
}
