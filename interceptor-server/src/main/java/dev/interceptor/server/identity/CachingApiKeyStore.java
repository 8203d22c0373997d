package dev.interceptor.server.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A key store that answers repeated lookups from memory while it knows itself to be current.
///
/// *Guarantees*: a change that was made through this store is seen by every lookup that starts
/// after the method returned. A change made elsewhere is seen within [#STALENESS_BOUND] of its
/// commit: the cache is used only while a change feed confirms that nothing was missed, and every
/// lookup goes to the store otherwise. An entry is dropped after [#LONGEST_LIFE] and is never used
/// from the key's expiry on. Only keys that are good are cached. Safe for use by many threads.
public final class CachingApiKeyStore implements ApiKeyStore {
  /// For how long a confirmation that nothing was missed holds.
  public static final Duration STALENESS_BOUND = Duration.ofSeconds(1);

  /// The longest that an entry is kept.
  public static final Duration LONGEST_LIFE = Duration.ofMinutes(5);

  private static final int MOST_KEYS = 10_000;

  /// How much earlier a lookup may have begun that another one shares; part of the staleness.
  private static final Duration LONGEST_HEAD_START = Duration.ofMillis(100);

  private final ApiKeyStore store;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Cache<Sha256, StoredKey> cache;
  private final ConcurrentMap<Sha256, Lookup> underWay = new ConcurrentHashMap<>();
  private final Object changes = new Object();
  private volatile long generation;
  private volatile Confirmation confirmation = Confirmation.NONE;

  /// The instant, in the time of `nanoTime`, up to which every change is known.
  private record Confirmation(boolean given, long at) {
    static final Confirmation NONE = new Confirmation(false, 0);
  }

  /// @param nanoTime a clock that only moves forward, such as `System::nanoTime`
  public CachingApiKeyStore(ApiKeyStore store, InstantSource clock, LongSupplier nanoTime) {
    this.store = store;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterWrite(LONGEST_LIFE)
            .ticker(nanoTime::getAsLong)
            .build();
  }

  @Override
  public Optional<StoredKey> find(Sha256 hash) {
    if (!current()) {
      return lookUp(hash, generation);
    }
    StoredKey cached = cache.getIfPresent(hash);
    if (cached != null && !cached.expiredAt(clock.instant())) {
      return Optional.of(cached);
    }
    long before = generation;
    Optional<StoredKey> found = lookUp(hash, before);
    found.filter(this::good).ifPresent(key -> keep(key, before));
    return found;
  }

  /// Asks the store, or waits for one who has just begun to ask it the same: after a restart all
  /// clients ask at once. Nothing was evicted between that one's beginning and now.
  private Optional<StoredKey> lookUp(Sha256 hash, long atGeneration) {
    var mine = new Lookup(atGeneration, nanoTime.getAsLong(), new CompletableFuture<>());
    Lookup shared = underWay.compute(hash, (_, known) -> mayJoin(known, mine) ? known : mine);
    if (!shared.equals(mine)) {
      return shared.answer();
    }
    try {
      Optional<StoredKey> found = store.find(hash);
      mine.result().complete(found);
      return found;
    } catch (RuntimeException e) {
      mine.result().completeExceptionally(e);
      throw e;
    } finally {
      underWay.remove(hash, mine);
    }
  }

  private static boolean mayJoin(@Nullable Lookup known, Lookup mine) {
    return known != null
        && known.generation() == mine.generation()
        && mine.begun() - known.begun() < LONGEST_HEAD_START.toNanos();
  }

  /// A question to the store that is not answered yet.
  private record Lookup(
      long generation, long begun, CompletableFuture<Optional<StoredKey>> result) {
    Optional<StoredKey> answer() {
      try {
        return result.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  @Override
  public Revocation revoke(ApiKeyId id, String by) {
    try {
      return store.revoke(id, by);
    } finally {
      evict(id);
    }
  }

  @Override
  public Optional<ApiKey> rotate(ApiKeyId id, Duration overlap, String by) {
    try {
      return store.rotate(id, overlap, by);
    } finally {
      evict(id);
    }
  }

  @Override
  public void createCustomer(CustomerId id, String name, String by) {
    store.createCustomer(id, name, by);
  }

  @Override
  public ApiKey create(NewKey request, String by) {
    return store.create(request, by);
  }

  @Override
  public List<StoredKey> list() {
    return store.list();
  }

  @Override
  public void touch(Map<ApiKeyId, Instant> lastUses) {
    store.touch(lastUses);
  }

  /// Drops a key that changed. A lookup that is under way cannot put it back.
  void evict(ApiKeyId id) {
    synchronized (changes) {
      generation++;
      cache.asMap().values().removeIf(key -> key.id().equals(id));
    }
  }

  /// Takes note that every change up to this instant was passed to [#evict].
  void confirm(long atNanoTime) {
    confirmation = new Confirmation(true, atNanoTime);
  }

  /// Drops everything: changes may have been missed. The cache is not used until the next
  /// [#confirm].
  void distrust() {
    confirmation = Confirmation.NONE;
    synchronized (changes) {
      generation++;
      cache.invalidateAll();
    }
  }

  /// Whether every change older than the staleness bound is known.
  boolean current() {
    Confirmation last = confirmation;
    return last.given() && nanoTime.getAsLong() - last.at() <= STALENESS_BOUND.toNanos();
  }

  // INVARIANT (ARevokedKeyIsNeverCachedAgain): between reading the generation and this comparison
  // nothing was evicted, so what was read is not older than any eviction.
  private void keep(StoredKey key, long readAtGeneration) {
    synchronized (changes) {
      if (generation == readAtGeneration) {
        cache.put(key.hash(), key);
      }
    }
  }

  private boolean good(StoredKey key) {
    return key.revokedAt().isEmpty() && !key.expiredAt(clock.instant());
  }
}
