package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.background.Rounds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every success and failure of authentication, in the audit log. SPEC §3.
///
/// The first attempt of a kind is an entry at once; its repetitions are counted, and are one entry
/// at the end of a window. Attempts are of one kind if outcome, reason, key, address and entry
/// point are the same. There are so many kinds at once and no more: further ones are counted
/// without key and address, so that strangers cannot fill the log.
///
/// *Guarantees*: an attempt never waits for the log. Each is counted in one entry, unless the
/// process is killed: then those since the last window are not. Safe for use by many threads.
public final class AuthenticationLog implements AutoCloseable {
  /// After how long repetitions are written.
  public static final Duration WINDOW = Duration.ofSeconds(10);

  /// Kinds with a known key, at once.
  static final int MOST_KNOWN = 1024;

  /// Kinds without one, at once.
  static final int MOST_STRANGE = 16;

  private static final Logger LOG = LoggerFactory.getLogger(AuthenticationLog.class);

  /// @param who whose key it was, if it was one
  /// @param reason why it was not accepted; empty if it was
  private record Attempt(
      Optional<Principal> who,
      Optional<String> reason,
      Optional<String> clientIp,
      String entryPoint) {
    /// As far as it is told apart when there are too many kinds.
    Attempt merged() {
      return new Attempt(Optional.empty(), reason, Optional.empty(), entryPoint);
    }
  }

  /// Attempts that are not in an entry yet.
  private static final class Tally {
    private static final long OVER = Long.MIN_VALUE;

    private final AtomicLong waiting;

    Tally(long waiting) {
      this.waiting = new AtomicLong(waiting);
    }

    /// @return false if the tally is over
    boolean add(long attempts) {
      return waiting.addAndGet(attempts) > 0;
    }

    long take() {
      return waiting.getAndSet(0);
    }

    /// Ends the tally if nothing waits.
    boolean end() {
      return waiting.compareAndSet(0, OVER);
    }
  }

  private final Map<Attempt, Tally> known = new ConcurrentHashMap<>();
  private final Map<Attempt, Tally> strange = new ConcurrentHashMap<>();
  private final Map<Attempt, Tally> merged = new ConcurrentHashMap<>();
  private final Predicate<LogEntry> log;
  private final InstantSource clock;
  private final Rounds rounds;

  /// @param log takes an entry, or says that it has no room now
  AuthenticationLog(Predicate<LogEntry> log, InstantSource clock, Duration window) {
    this.log = log;
    this.clock = clock;
    this.rounds = new Rounds("authentications", window, "authentications are written", this::write);
  }

  /// Starts writing to the log, once every window.
  public static AuthenticationLog writingTo(DecisionLog log, InstantSource clock) {
    var authentications = new AuthenticationLog(log::note, clock, WINDOW);
    authentications.rounds.start();
    return authentications;
  }

  /// @param clientIp where the request came from
  /// @param entryPoint of a small number of names, none of the client's choice
  public void accepted(Principal who, String clientIp, String entryPoint) {
    count(new Attempt(Optional.of(who), Optional.empty(), Optional.of(clientIp), entryPoint));
  }

  /// @param reason of a small number of words
  /// @param whose the key's, if the credential is or was one; nothing of what a stranger presents
  public void rejected(
      String reason, Optional<Principal> whose, String clientIp, String entryPoint) {
    count(new Attempt(whose, Optional.of(reason), Optional.of(clientIp), entryPoint));
  }

  private void count(Attempt attempt) {
    Map<Attempt, Tally> own = attempt.who().isPresent() ? known : strange;
    int most = attempt.who().isPresent() ? MOST_KNOWN : MOST_STRANGE;
    if (!count(own, attempt, most)) {
      count(merged, attempt.merged(), Integer.MAX_VALUE);
    }
  }

  /// @return false if there are too many kinds
  private boolean count(Map<Attempt, Tally> tallies, Attempt attempt, int most) {
    while (true) {
      Tally tally = tallies.get(attempt);
      if (tally != null) {
        if (tally.add(1)) {
          return true;
        }
        tallies.remove(attempt, tally);
      } else if (tallies.size() >= most) {
        return false;
      } else if (tallies.putIfAbsent(attempt, new Tally(0)) == null) {
        first(tallies, attempt);
        return true;
      }
    }
  }

  private void first(Map<Attempt, Tally> tallies, Attempt attempt) {
    if (!log.test(entry(attempt, 1))) {
      tallies.merge(attempt, new Tally(1), (waiting, one) -> waiting.add(1) ? waiting : one);
    }
  }

  private LogEntry entry(Attempt attempt, long times) {
    return LogEntry.of(LogEntry.Kind.AUTHENTICATION, clock.instant())
        .text("outcome", attempt.reason().isEmpty() ? "accepted" : "rejected")
        .text("reason", attempt.reason())
        .text("key_id", attempt.who().map(Principal::key))
        .text("customer_id", attempt.who().map(Principal::customer))
        .text("client_ip", attempt.clientIp())
        .text("entry_point", attempt.entryPoint())
        .number("times", times)
        .build();
  }

  /// Ends the window: what waits becomes entries, as far as the log has room; what did not repeat
  /// is forgotten.
  void write() {
    write(known);
    write(strange);
    write(merged);
  }

  private void write(Map<Attempt, Tally> tallies) {
    tallies.forEach((attempt, tally) -> {
      if (tally.end()) {
        tallies.remove(attempt, tally);
        return;
      }
      long times = tally.take();
      if (!log.test(entry(attempt, times))) {
        tally.add(times);
      }
    });
  }

  /// Writes what waits, and stops.
  @Override
  public void close() {
    rounds.closeAfter(this::write);
    long lost = waiting(known) + waiting(strange) + waiting(merged);
    if (lost > 0) {
      LOG.warn("{} authentications are not in the audit log, which had no room", lost);
    }
  }

  private static long waiting(Map<Attempt, Tally> tallies) {
    return tallies.values().stream().mapToLong(Tally::take).filter(times -> times > 0).sum();
  }
}
