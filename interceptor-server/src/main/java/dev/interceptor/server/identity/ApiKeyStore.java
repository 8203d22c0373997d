package dev.interceptor.server.identity;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.database.Database;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Customers and their API keys.
///
/// *Guarantees*: a key is stored as its SHA-256 only; a change is durable when the method returns,
/// together with its entry in the audit log, and every instance is told about it. *Does not*: judge
/// a key; a revoked or expired one is found like any other. Every method throws
/// `InterceptorException` STATE_UNAVAILABLE when PostgreSQL does not answer in time. Safe for use
/// by many threads.
public interface ApiKeyStore {
  /// What became of a revocation.
  enum Revocation {
    REVOKED,
    ALREADY_REVOKED,
    UNKNOWN_KEY
  }

  /// Creates the customer, or leaves the one of that id as it is.
  ///
  /// @param by who does it, for the log
  void createCustomer(CustomerId id, String name, String by);

  /// Creates a key, and the customer if there is none of that id.
  ///
  /// @param by who does it, for the log
  /// @return the key; it cannot be read again
  ApiKey create(NewKey request, String by);

  /// Every key, ordered by customer and age.
  List<StoredKey> list();

  /// Ends the key for good.
  ///
  /// @param by who does it, for the log
  Revocation revoke(ApiKeyId id, String by);

  /// Creates a key with the same customer, role, label and length of life, and lets the old one
  /// expire after `overlap` at the latest.
  ///
  /// @param by who does it, for the log
  /// @return the new key; empty if the old one is unknown, revoked or expired
  Optional<ApiKey> rotate(ApiKeyId id, Duration overlap, String by);

  /// The key with that hash.
  Optional<StoredKey> find(Sha256 hash);

  /// Moves the time of last use forward, never back; unknown keys are skipped.
  void touch(Map<ApiKeyId, Instant> lastUses);

  /// A store in PostgreSQL; its keys come from a `SecureRandom`.
  static ApiKeyStore postgres(Database database, InstantSource clock) {
    return new JooqApiKeyStore(database.pool(), clock, new SecureRandom());
  }
}
