package dev.interceptor.server.targets;

import dev.interceptor.server.targets.Exchange.Departure;
import dev.interceptor.server.targets.Model.PoolMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/// One request's way through the providers of a pool. Not thread-safe.
final class Round {
  private final Fallback fallback;
  private final List<PoolMember> members;
  private final Departure departure;
  private int attempts;
  private Duration waited = Duration.ZERO;
  private boolean read;

  Round(Fallback fallback, List<PoolMember> members, Departure departure) {
    this.fallback = fallback;
    this.members = new ArrayList<>(members);
    this.departure = departure;
  }

  Departure departure() {
    return departure;
  }

  /// Who may be asked now, at least one.
  List<PoolMember> members() {
    return members;
  }

  int attempts() {
    return attempts;
  }

  /// @return whether nobody else will be asked after this one
  boolean begin() {
    attempts++;
    return attempts >= fallback.maxAttempts()
        || (members.size() == 1 && !fallback.withReplacement());
  }

  /// From now on the answer belongs to the reader.
  void reading() {
    read = true;
  }

  boolean goesOnAfter(OpenAnswer answer) {
    return answer.failure().isPresent() && fallback.isFor(answer.failure().getAsInt());
  }

  boolean goesOnAfter(ModelFault fault) {
    return !read
        && switch (fault.kind()) {
          case UNREACHABLE, TIMEOUT, PROTOCOL -> true;
          case RATE_LIMITED, CONCURRENCY_LIMITED -> fallback.onRateLimit();
          case ABANDONED -> false;
        };
  }

  /// Waits before the next attempt; not at all once the time for waiting has been used up.
  ///
  /// @throws ModelFault ABANDONED if the client left meanwhile
  void failed(PoolMember member, DoubleSupplier chance) throws ModelFault {
    if (!fallback.withReplacement()) {
      members.remove(member);
    }
    Duration left = fallback.maxTotalBackoff().minus(waited);
    Duration wait = fallback.backoff().before(attempts, chance.getAsDouble());
    wait = wait.compareTo(left) < 0 ? wait : left;
    waited = waited.plus(wait);
    departure.pause(wait);
  }
}
