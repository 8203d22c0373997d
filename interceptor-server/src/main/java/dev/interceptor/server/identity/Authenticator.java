package dev.interceptor.server.identity;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.database.ChangeFeed;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.identity.Authentication.Authenticated;
import dev.interceptor.server.identity.Authentication.Cause;
import dev.interceptor.server.identity.Authentication.Rejected;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Turns a credential into the principal it stands for.
///
/// Everything that is presented is hashed and looked up, also what cannot be a key, so that the
/// time to say no tells nothing about why. Safe for use by many threads.
public final class Authenticator implements AutoCloseable {
  private static final Duration BETWEEN_WRITES_OF_LAST_USE = Duration.ofSeconds(3);

  private final CachingApiKeyStore keys;
  private final ChangeFeed changes;
  private final LastUses lastUses;
  private final InstantSource clock;

  private Authenticator(
      CachingApiKeyStore keys, ChangeFeed changes, LastUses lastUses, InstantSource clock) {
    this.keys = keys;
    this.changes = changes;
    this.lastUses = lastUses;
    this.clock = clock;
  }

  /// Starts listening for changed keys and writing times of last use, both in the background. It
  /// works from the first moment on, from memory as soon as it listens.
  public static Authenticator start(ApiKeyStore store, Database database, InstantSource clock) {
    var keys = new CachingApiKeyStore(store, clock, System::nanoTime);
    return new Authenticator(
        keys,
        ChangeFeed.start(database, KeyChanges.TOPIC, new KeyChanges(keys), System::nanoTime),
        LastUses.writingTo(store, BETWEEN_WRITES_OF_LAST_USE),
        clock);
  }

  /// The store to change keys through: what it revokes is refused here from then on at once.
  public ApiKeyStore keys() {
    return keys;
  }

  /// Whether lookups are answered from memory now, because every change of a key would be heard.
  boolean servesFromMemory() {
    return keys.current();
  }

  /// Decides about a credential.
  ///
  /// @param presented as the client sent it, without a scheme; empty if it sent none
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if the key is
  ///   not cached and PostgreSQL does not answer in time
  public Authentication authenticate(String presented) {
    Sha256 hash = Sha256.of(presented.getBytes(StandardCharsets.UTF_8));
    Optional<StoredKey> found = keys.find(hash).filter(key -> key.hash().equals(hash));
    Optional<ApiKey> parsed = ApiKey.parse(presented);
    if (parsed.isEmpty()) {
      return new Rejected(Cause.MALFORMED, Optional.empty());
    }
    Instant now = clock.instant();
    return found
        .filter(key -> key.id().equals(parsed.get().id()))
        .map(key -> judge(key, now))
        .orElseGet(() -> new Rejected(Cause.UNKNOWN, Optional.empty()));
  }

  private Authentication judge(StoredKey key, Instant now) {
    var principal = new Principal(key.customer(), key.id());
    if (key.revokedAt().isPresent()) {
      return new Rejected(Cause.REVOKED, Optional.of(principal));
    }
    if (key.expiredAt(now)) {
      return new Rejected(Cause.EXPIRED, Optional.of(principal));
    }
    lastUses.add(key.id(), now);
    return new Authenticated(principal, key.role());
  }

  /// Writes the last times of use and stops listening.
  @Override
  public void close() {
    lastUses.close();
    changes.close();
  }
}
