package dev.interceptor.guard;

import static java.lang.System.Logger.Level.WARNING;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// The interceptor's public keys, from one fixed address. A token can make it look again, never
/// elsewhere. Thread-safe.
///
/// *Guarantees*: a set is used for as long as its `Cache-Control: max-age` allows, 1 s to 60 s, and
/// not a moment longer, whatever later fetches answer. A name that is not in the set is answered
/// after a fetch that began when it was asked for, so a key counts from the moment it is published.
/// At most one fetch runs at a time; unknown names cause at most *n* + 5 of them in *n* seconds.
///
/// A set is fetched anew before its time is over, so that callers with a known key do not wait.
/// Callers with an unknown one wait for at most 5 s, and a limited number of them. Names that are
/// made up in numbers use up the fetches: a key that is published meanwhile is known at most 1 s
/// later, with the next of them.
public final class RemoteKeys
    implements Function<String, Optional<VerificationKey>>, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RemoteKeys.class.getName());
  private static final int BURST = 5;
  private static final Duration PATIENCE =
      KeySetClient.TIMEOUT.multipliedBy(2).plus(FetchAllowance.INTERVAL);

  /// Callers beyond these are refused: of all that wait, and of those that wait until the next
  /// fetch may begin.
  private static final int MAX_WAITING = 256;

  private static final int MAX_PAUSING = 32;

  private static final Known NOTHING =
      new Known(0, JwkSet.of(List.of()), Instant.MAX, Instant.MAX, Instant.MIN, 0);

  private final InstantSource clock;
  private final KeySetClient client;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition landed = lock.newCondition();
  private final FetchAllowance allowance = new FetchAllowance(BURST, System.nanoTime());
  private volatile Known known = NOTHING;
  private volatile boolean closed;

  // Guarded by the lock. Flights are fetches, numbered as they begin; one is in the air at a time.
  private long begun;
  private long ended;
  private long renewed;
  private int waiting;
  private int pausing;

  /// @param url `https`, or `http` to this machine itself
  /// @throws IllegalArgumentException if the address is another
  public static RemoteKeys at(URI url) {
    return at(url, Ed25519Provider.bouncyCastle());
  }

  /// The same with another provider of Ed25519.
  public static RemoteKeys at(URI url, Ed25519Provider provider) {
    return at(url, provider, InstantSource.system());
  }

  /// The same with another clock for the age of a set.
  public static RemoteKeys at(URI url, Ed25519Provider provider, InstantSource clock) {
    if (!isHttp(url, "https") && !(isHttp(url, "http") && isLoopback(url.getHost()))) {
      throw new IllegalArgumentException(
          "the key set's address is an https URL without user and fragment, or http to localhost");
    }
    return new RemoteKeys(url, provider, clock);
  }

  /// Trusts whoever answers on the way to `url`: for networks that protect it by other means.
  ///
  /// @throws IllegalArgumentException if the address is neither `http` nor `https`
  public static RemoteKeys atInsecureHttp(URI url) {
    if (!isHttp(url, "http") && !isHttp(url, "https")) {
      throw new IllegalArgumentException(
          "the key set's address is an http or https URL without user and fragment");
    }
    return new RemoteKeys(url, Ed25519Provider.bouncyCastle(), InstantSource.system());
  }

  private static boolean isHttp(URI url, String scheme) {
    return scheme.equalsIgnoreCase(url.getScheme())
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawFragment() == null;
  }

  private static boolean isLoopback(String host) {
    return host.toLowerCase(Locale.ROOT).equals("localhost")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
        || host.equals("[::1]");
  }

  private RemoteKeys(URI url, Ed25519Provider provider, InstantSource clock) {
    this.clock = clock;
    this.client = new KeySetClient(url, provider);
  }

  /// @param flight the fetch that brought the set
  /// @param from when the set was asked for; a clock that was set back before it ends its time
  /// @param renewal when the next set should be fetched
  /// @param until the first instant at which the set may not be used any more
  /// @param nanos when the set was asked for, by the clock that is never set but may stand still
  ///   while the machine sleeps
  private record Known(
      long flight, JwkSet keys, Instant from, Instant renewal, Instant until, long nanos) {
    /// By either clock.
    boolean isFresh(Instant now) {
      return !now.isBefore(from)
          && now.isBefore(until)
          && System.nanoTime() - nanos < Duration.between(from, until).toNanos();
    }
  }

  /// @throws IllegalStateException if there is no set that may be used, or too many callers wait
  ///   for one
  @Override
  public Optional<VerificationKey> apply(String kid) {
    Known now = known;
    Instant time = clock.instant();
    if (now.isFresh(time)) {
      Optional<VerificationKey> key = now.keys().find(kid);
      if (key.isPresent()) {
        if (!time.isBefore(now.renewal())) {
          renew(now);
        }
        return key;
      }
    }
    return sought(kid);
  }

  /// Begins a fetch that nobody waits for. The first for each set is free, because the issuer chose
  /// its time; after a failure the allowance counts.
  private void renew(Known aging) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (ended < begun || known.flight() != aging.flight()) {
        return;
      }
      if (renewed != aging.flight()) {
        renewed = aging.flight();
        begin();
      } else if (allowance.nanosUntilNext(System.nanoTime()) == 0) {
        allowance.take();
        begin();
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<VerificationKey> sought(String kid) {
    lock.lock();
    try {
      if (waiting >= MAX_WAITING) {
        throw new IllegalStateException("too many calls wait for the key set");
      }
      waiting++;
      try {
        return awaited(kid);
      } finally {
        waiting--;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the key set", e);
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the flight that begins after this call came, or for an earlier one that brings the
  /// key.
  private Optional<VerificationKey> awaited(String kid) throws InterruptedException {
    long conclusive = begun + 1;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<VerificationKey> key = current().keys().find(kid);
    while (key.isEmpty() && ended < conclusive) {
      long pause = untilTakeOff();
      boolean pauses = pause > 0;
      if (pauses && pausing >= MAX_PAUSING) {
        throw new IllegalStateException("too many unknown keys are asked for");
      }
      long patience = deadline - System.nanoTime();
      if (patience <= 0 || closed) {
        throw new IllegalStateException("the key set did not come in time");
      }
      pausing += pauses ? 1 : 0;
      try {
        long unused = landed.awaitNanos(pauses ? Math.min(pause, patience) : patience);
      } finally {
        pausing -= pauses ? 1 : 0;
      }
      key = current().keys().find(kid);
    }
    if (key.isEmpty() && current().flight() < conclusive) {
      throw new IllegalStateException("the key set could not be fetched");
    }
    return key;
  }

  /// The set that may be used now, or none at all.
  private Known current() {
    Known now = known;
    return now.isFresh(clock.instant()) ? now : NOTHING;
  }

  /// Begins a flight if none is in the air and one may begin.
  ///
  /// @return 0 if one is in the air, or else the nanoseconds until one may begin
  private long untilTakeOff() {
    if (ended < begun) {
      return 0;
    }
    long pause = allowance.nanosUntilNext(System.nanoTime());
    if (pause == 0) {
      allowance.take();
      begin();
    }
    return pause;
  }

  private void begin() {
    begun++;
    long flight = begun;
    Thread.ofVirtual().name("key-set").start(() -> fly(flight));
  }

  private void fly(long flight) {
    Instant asked = clock.instant();
    long nanos = System.nanoTime();
    try {
      KeySetClient.Answer answer = client.fetch();
      Duration lifetime = answer.lifetime();
      Instant renewal = asked.plus(lifetime.multipliedBy(3).dividedBy(4));
      known = new Known(flight, answer.keys(), asked, renewal, asked.plus(lifetime), nanos);
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        LOG.log(WARNING, "the key set could not be fetched: {0}", e.getMessage());
      }
    } finally {
      land();
    }
  }

  private void land() {
    lock.lock();
    try {
      ended++;
      landed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Callers that wait now.
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /// Ends what is under way; later calls fail when the last set is too old.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      landed.signalAll();
    } finally {
      lock.unlock();
    }
    client.close();
  }
}
