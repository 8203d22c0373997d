package dev.interceptor.server.signing;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The key ring as it lies in files, looked at ten times a second by a thread of its own.
///
/// *Guarantees*: the ring that `get` answers lay there at most 10 s ago, by the monotonic clock and
/// by the clock of the day; what does not load replaces nothing until then. The keys that
/// `published` answers lay there after it was called. So no instance publishes a set without a key
/// with which another one signs already, or with one that was retired. A file system that hangs
/// stops the looking thread and nobody else; an error of any kind does not end it. Thread-safe.
public final class LiveKeyRing implements Supplier<KeyRing>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveKeyRing.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Duration AT_LEAST_BETWEEN_LOOKS = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration SHORTEST_AGE = Duration.ofSeconds(1);
  private static final Duration LONGEST_AGE = Duration.ofSeconds(60);
  private static final Optional<String> UNREPORTED = Optional.of("the look failed");

  private final Looker looker;
  private final Duration window;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("signing-keys").unstarted(this::watch);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();
  private final AtomicBoolean silent = new AtomicBoolean();
  private CompletableFuture<Seen> next = new CompletableFuture<>();
  private boolean wanted = true;
  private volatile boolean closed;
  private volatile @Nullable Seen last;
  private volatile Optional<String> fault = Optional.empty();

  /// Looks once; may hang.
  interface Looker {
    /// @throws InterceptorException SIGNING_UNAVAILABLE
    StoredKeys look();
  }

  /// @param nanos and
  /// @param at when the look began
  private record Seen(StoredKeys keys, KeyRing ring, long nanos, Instant at) {}

  LiveKeyRing(Looker looker, Duration tokenLifetime, InstantSource clock, LongSupplier nanoTime) {
    this.looker = looker;
    this.window = StoredKeys.window(tokenLifetime);
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /// @param tokenLifetime of the tokens that the ring signs
  /// @throws InterceptorException SIGNING_UNAVAILABLE if no key can be read now
  public static LiveKeyRing start(
      KeySource source, Ed25519Provider provider, Duration tokenLifetime, InstantSource clock) {
    var files = new SigningKeyFiles(source, provider);
    var ring = new LiveKeyRing(files::read, tokenLifetime, clock, System::nanoTime);
    try {
      ring.start();
      return ring;
    } catch (RuntimeException e) {
      ring.close();
      throw e;
    }
  }

  /// Starts looking and waits for the first keys.
  void start() {
    CompletableFuture<Seen> first = next;
    thread.start();
    var _ = await(first, StoredKeys.LONGEST_SILENCE);
  }

  private static Seen await(CompletableFuture<Seen> look, Duration patience) {
    try {
      return look.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof InterceptorException known
          ? known
          : KeyFile.unusable("the signing keys cannot be read", e);
    } catch (TimeoutException e) {
      throw KeyFile.unusable("reading the signing keys does not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw KeyFile.unusable("interrupted while reading the signing keys", e);
    }
  }

  /// @throws InterceptorException SIGNING_UNAVAILABLE if the keys could not be read for 10 s
  @Override
  public KeyRing get() {
    return usable().ring();
  }

  /// The public keys, as a look finds them that began after this call; waits at most 1 s for it.
  ///
  /// @throws InterceptorException SIGNING_UNAVAILABLE if they cannot be read now: a verifier's set
  ///   may be better than the last one that was read here
  public PublishedKeys published() {
    Seen seen = await(ask(), PATIENCE);
    Instant now = clock.instant();
    return new PublishedKeys(seen.keys().ring(now, window).published(), maxAge(seen.keys(), now));
  }

  private Duration maxAge(StoredKeys keys, Instant now) {
    Duration left =
        keys.nextLeave(now, window).map(at -> Duration.between(now, at)).orElse(LONGEST_AGE);
    long seconds = Math.clamp(left.toSeconds(), SHORTEST_AGE.toSeconds(), LONGEST_AGE.toSeconds());
    return Duration.ofSeconds(seconds);
  }

  /// The `kid` of the key that signs now, empty if none can.
  public Optional<String> signingKey() {
    Seen seen = last;
    return seen == null || isOld(seen)
        ? Optional.empty()
        : Optional.of(seen.keys().signing().kid());
  }

  /// Whether a token could be signed now.
  public boolean isUsable() {
    Seen seen = last;
    return seen != null && !isOld(seen);
  }

  /// Why the last look found nothing to use, empty if it did.
  public Optional<String> fault() {
    return fault;
  }

  /// How long the key that signs has been there, by its file's time.
  public Duration age() {
    Seen seen = last;
    Duration age =
        seen == null ? Duration.ZERO : Duration.between(seen.keys().since(), clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  private Seen usable() {
    Seen seen = last;
    if (seen == null || isOld(seen)) {
      String why = fault.orElse("reading them does not end");
      if (silent.compareAndSet(false, true)) {
        LOG.error("nothing is signed until the signing keys can be read again: {}", why);
      }
      throw KeyFile.unusable("the signing keys could not be read for 10 s: " + why);
    }
    return seen;
  }

  /// The monotonic clock stands still while the machine sleeps, the other one may be set.
  private boolean isOld(Seen seen) {
    return nanoTime.getAsLong() - seen.nanos() > StoredKeys.LONGEST_SILENCE.toNanos()
        || clock.instant().isAfter(seen.at().plus(StoredKeys.LONGEST_SILENCE));
  }

  private CompletableFuture<Seen> ask() {
    lock.lock();
    try {
      wanted = true;
      asked.signal();
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    while (!closed) {
      try {
        look(awaitTurn());
        TimeUnit.NANOSECONDS.sleep(AT_LEAST_BETWEEN_LOOKS.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (Throwable e) {
        // Not even reported, as without memory; the next look may be.
        fault = UNREPORTED;
      }
    }
  }

  /// Waits until somebody asks or it is time.
  private CompletableFuture<Seen> awaitTurn() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = BETWEEN_LOOKS.toNanos();
      while (!wanted && left > 0) {
        left = asked.awaitNanos(left);
      }
      wanted = false;
      CompletableFuture<Seen> askers = next;
      next = new CompletableFuture<>();
      return askers;
    } finally {
      lock.unlock();
    }
  }

  private void look(CompletableFuture<Seen> askers) {
    long nanos = nanoTime.getAsLong();
    Instant at = clock.instant();
    try {
      StoredKeys keys = looker.look();
      Seen seen = new Seen(keys, keys.ring(at, window), nanos, at);
      report(seen);
      last = seen;
      askers.complete(seen);
    } catch (Throwable e) {
      try {
        report(e);
      } finally {
        askers.completeExceptionally(e);
      }
    }
  }

  private void report(Seen seen) {
    if (fault.isPresent()) {
      LOG.info("the signing keys can be read again");
      fault = Optional.empty();
    }
    silent.set(false);
    List<String> before = Optional.ofNullable(last).map(old -> kids(old.ring())).orElse(List.of());
    List<String> now = kids(seen.ring());
    if (!now.equals(before)) {
      var left = new ArrayList<>(before);
      left.removeAll(now);
      LOG.info("signing with {}; published {}; no longer {}", now.getFirst(), now, left);
      seen.keys().warning(seen.at()).ifPresent(LOG::warn);
    }
  }

  private void report(Throwable failure) {
    String problem =
        String.valueOf(failure instanceof InterceptorException ? failure.getMessage() : failure);
    if (!fault.equals(Optional.of(problem))) {
      LOG.warn(
          "the signing keys cannot be read, the last good ones are used for 10 s: {}", problem);
      fault = Optional.of(problem);
    }
  }

  /// The one that signs first.
  private static List<String> kids(KeyRing ring) {
    return ring.published().keys().stream().map(VerificationKey::kid).toList();
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
