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
import java.util.function.LongSupplier;

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

  private final ApiKeyStore store;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Cache<Sha256, StoredKey> cache;
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
      return store.find(hash);
    }
    StoredKey cached = cache.getIfPresent(hash);
    if (cached != null && !cached.expiredAt(clock.instant())) {
      return Optional.of(cached);
    }
    long before = generation;
    Optional<StoredKey> found = store.find(hash);
    found.filter(this::good).ifPresent(key -> keep(key, before));
    return found;
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
