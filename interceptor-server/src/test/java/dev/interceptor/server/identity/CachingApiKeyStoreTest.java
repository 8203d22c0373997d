package dev.interceptor.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// The cache's rules, against a store whose single key and whose slowness the test controls.
final class CachingApiKeyStoreTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ApiKey KEY = ApiKey.generate(new Random(1));

  private final OneKeyStore store = new OneKeyStore();
  private long nanos;
  private final CachingApiKeyStore cache =
      new CachingApiKeyStore(store, () -> START.plusNanos(nanos), () -> nanos);

  @Test
  void aConfirmedCacheAnswersWithoutTheStore() {
    cache.confirm(nanos);
    cache.find(KEY.hash());
    assertThat(cache.find(KEY.hash())).contains(store.key);
    assertThat(store.lookups).isEqualTo(1);
  }

  @Test
  void anUnconfirmedCacheIsNotUsed() {
    cache.find(KEY.hash());
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void aConfirmationHoldsForItsBoundAndNoLonger() {
    cache.confirm(nanos);
    cache.find(KEY.hash());
    nanos = CachingApiKeyStore.STALENESS_BOUND.toNanos();
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(1);
    nanos++;
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void distrustClearsTheCache() {
    cache.confirm(nanos);
    cache.find(KEY.hash());
    cache.distrust();
    cache.confirm(nanos);
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void anEntryIsNotUsedFromTheKeysExpiryOn() {
    store.key = key(Optional.of(START.plusSeconds(10)), Optional.empty());
    cache.confirm(nanos);
    cache.find(KEY.hash());
    nanos = Duration.ofSeconds(10).toNanos();
    cache.confirm(nanos);
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void anEntryLivesFiveMinutes() {
    cache.confirm(nanos);
    cache.find(KEY.hash());
    nanos = CachingApiKeyStore.LONGEST_LIFE.toNanos();
    cache.confirm(nanos);
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void anUnknownKeyIsLookedUpEachTime() {
    cache.confirm(nanos);
    Sha256 unknown = Sha256.of(new byte[0]);
    assertThat(cache.find(unknown)).isEmpty();
    assertThat(cache.find(unknown)).isEmpty();
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void aRevokedKeyIsNeverCachedAgain() {
    cache.confirm(nanos);
    store.beforeAnswering = () -> cache.revoke(KEY.id(), "Ada");
    assertThat(cache.find(KEY.hash()).orElseThrow().revokedAt()).isEmpty();

    store.beforeAnswering = () -> {};
    assertThat(cache.find(KEY.hash()).orElseThrow().revokedAt()).isPresent();
  }

  @Test
  void whoAsksMeanwhileSharesTheAnswer() throws InterruptedException {
    List<Optional<StoredKey>> shared = new CopyOnWriteArrayList<>();
    Thread other = Thread.ofVirtual().unstarted(() -> shared.add(cache.find(KEY.hash())));
    store.beforeAnswering =
        () -> {
          other.start();
          while (other.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
        };
    cache.find(KEY.hash());
    other.join();
    assertThat(shared).containsExactly(Optional.of(store.key));
    assertThat(store.lookups).isEqualTo(1);
  }

  @Test
  void anAnswerFromBeforeARevocationIsNotShared() {
    List<Optional<StoredKey>> later = new ArrayList<>();
    store.beforeAnswering =
        () -> {
          store.beforeAnswering = () -> {};
          cache.revoke(KEY.id(), "Ada");
          later.add(cache.find(KEY.hash()));
        };
    cache.find(KEY.hash());
    assertThat(later.getFirst().orElseThrow().revokedAt()).isPresent();
    assertThat(store.lookups).isEqualTo(2);
  }

  @Test
  void anEntryReadBeforeTrustWasLostIsNotKept() {
    cache.confirm(nanos);
    store.beforeAnswering =
        () -> {
          cache.distrust();
          cache.confirm(nanos);
        };
    cache.find(KEY.hash());
    store.beforeAnswering = () -> {};
    cache.find(KEY.hash());
    assertThat(store.lookups).isEqualTo(2);
  }

  private static StoredKey key(Optional<Instant> expiresAt, Optional<Instant> revokedAt) {
    return new StoredKey(
        KEY.id(),
        new CustomerId("acme"),
        KEY.hash(),
        KeyRole.AGENT,
        "",
        START,
        expiresAt,
        revokedAt,
        Optional.empty());
  }

  /// Holds one key. A lookup reads it first and answers after `beforeAnswering`.
  private static final class OneKeyStore implements ApiKeyStore {
    private StoredKey key = key(Optional.empty(), Optional.empty());
    private Runnable beforeAnswering = () -> {};
    private int lookups;

    @Override
    public Optional<StoredKey> find(Sha256 hash) {
      lookups++;
      Optional<StoredKey> found = Optional.of(key).filter(stored -> stored.hash().equals(hash));
      beforeAnswering.run();
      return found;
    }

    @Override
    public Revocation revoke(ApiKeyId id, String by) {
      key = key(Optional.empty(), Optional.of(START));
      return Revocation.REVOKED;
    }

    @Override
    public void createCustomer(CustomerId id, String name, String by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ApiKey create(NewKey request, String by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<StoredKey> list() {
      return List.of(key);
    }

    @Override
    public Optional<ApiKey> rotate(ApiKeyId id, Duration overlap, String by) {
      return Optional.empty();
    }

    @Override
    public void touch(Map<ApiKeyId, Instant> lastUses) {
      throw new UnsupportedOperationException();
    }
  }
}
