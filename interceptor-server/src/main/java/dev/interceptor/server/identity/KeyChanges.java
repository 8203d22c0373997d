package dev.interceptor.server.identity;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.database.ChangeFeed;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a cache of keys honest: what changed is dropped, and while nobody listens the cache is not
/// used.
record KeyChanges(CachingApiKeyStore cache) implements ChangeFeed.Subscriber {
  private static final Logger LOG = LoggerFactory.getLogger(KeyChanges.class);

  static final ChangeFeed.Topic TOPIC =
      new ChangeFeed.Topic(
          "interceptor_keys",
          "not listening for key revocations; every key is looked up in PostgreSQL");

  @Override
  public void listening() {
    cache.distrust();
  }

  @Override
  public void changed(List<String> payloads) {
    payloads.forEach(this::evict);
  }

  /// A payload that is no key id comes from somebody else: then nothing is certain.
  private void evict(String payload) {
    try {
      cache.evict(new ApiKeyId(payload));
    } catch (IllegalArgumentException e) {
      LOG.warn("a notification of key changes names no key; the cache is cleared", e);
      cache.distrust();
    }
  }

  @Override
  public void confirmed(long asOf) {
    cache.confirm(asOf);
  }

  @Override
  public void deaf() {
    cache.distrust();
  }
}
