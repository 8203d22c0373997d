package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What has arrived for one exchange, between the thread that reads for all and the thread that
/// waits for this one. Of what has not been taken yet it holds a bounded number of bytes.
final class Mailbox {
  private static final int MAX_HEARD_BYTES = 256 * 1024;
  private static final int MAX_HEARD_WAITING = 1024 * 1024;

  /// What is waited for.
  enum Purpose {
    /// An answer by a deadline, with the notices before it.
    ANSWER,
    /// Notices without end; only the first one has a deadline.
    NOTICES,
    /// The same, and even the first one may take any time.
    NOTICES_AT_LEISURE
  }

  private final Purpose purpose;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private long bytes;
  private int notices;
  private boolean hurried;
  private @Nullable RpcAnswer answer;
  private @Nullable UpstreamFault fault;

  /// @param maxAnswerBytes bound of an answer and the notices before it
  Mailbox(Purpose purpose, int maxAnswerBytes) {
    this.purpose = purpose;
    this.maxBytes = purpose == Purpose.ANSWER ? maxAnswerBytes : MAX_HEARD_WAITING;
    this.hurried = purpose != Purpose.NOTICES_AT_LEISURE;
  }

  private record Parcel(Notice notice, int bytes) {}

  boolean awaitsAnswer() {
    return purpose == Purpose.ANSWER;
  }

  void put(Notice notice, int length) {
    lock.lock();
    try {
      bytes += length;
      notices++;
      if (isTooMuch(length)) {
        end(UpstreamFault.protocol("too many notices, or too long ones"));
      } else if (fault == null && answer == null) {
        waiting.add(new Parcel(notice, length));
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isTooMuch(int length) {
    return bytes > maxBytes
        || (awaitsAnswer() ? notices > RpcChannel.MAX_NOTICES : length > MAX_HEARD_BYTES);
  }

  void put(RpcAnswer arrived) {
    lock.lock();
    try {
      if (fault == null && answer == null) {
        answer = arrived;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// There will be no answer any more.
  void end(UpstreamFault why) {
    lock.lock();
    try {
      if (fault == null && answer == null) {
        fault = why;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isAbandoned() {
    lock.lock();
    try {
      return fault != null && fault.kind() == Kind.ABANDONED;
    } finally {
      lock.unlock();
    }
  }

  /// Hands every notice to `sink` and returns the answer.
  ///
  /// @throws UpstreamFault TIMEOUT, what the exchange was ended with, or what `sink` throws
  RpcAnswer await(Exchange.NoticeSink sink, Deadline deadline) throws UpstreamFault {
    for (Parcel next = next(deadline); next != null; next = next(deadline)) {
      sink.take(next.notice());
    }
    lock.lock();
    try {
      if (answer != null) {
        return answer;
      }
      throw fault == null ? UpstreamFault.protocol("the exchange ended without an answer") : fault;
    } finally {
      lock.unlock();
    }
  }

  /// @return null when nothing more will come, or the caller has left
  private @Nullable Parcel next(Deadline deadline) throws UpstreamFault {
    lock.lock();
    try {
      while (waiting.isEmpty() && answer == null && fault == null) {
        var _ = changed.awaitNanos(patience(deadline));
      }
      if (fault != null && fault.kind() == Kind.ABANDONED) {
        return null;
      }
      Parcel parcel = waiting.poll();
      if (parcel != null && !awaitsAnswer()) {
        bytes -= parcel.bytes();
        hurried = false;
      }
      return parcel;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new UpstreamFault(Kind.DISCONNECTED, "interrupted");
    } finally {
      lock.unlock();
    }
  }

  private long patience(Deadline deadline) throws UpstreamFault {
    long left = hurried ? deadline.remainingNanos() : TimeUnit.DAYS.toNanos(1);
    if (left <= 0) {
      throw new UpstreamFault(Kind.TIMEOUT, "no answer in time");
    }
    return left;
  }
}
