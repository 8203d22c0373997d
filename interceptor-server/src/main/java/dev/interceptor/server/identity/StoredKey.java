package dev.interceptor.server.identity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import java.time.Instant;
import java.util.Optional;

/// What is kept of an API key.
///
/// @param hash SHA-256 of the whole key
/// @param label the operator's note, not unique
public record StoredKey(
    ApiKeyId id,
    CustomerId customer,
    Sha256 hash,
    KeyRole role,
    String label,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {

  /// The key as operators see it, in lists of the admin routes and of the command line: no hash.
  public ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id.value())
            .put("customer", customer.value())
            .put("role", role.word())
            .put("label", label)
            .put("created_at", createdAt.toString());
    expiresAt.ifPresent(at -> json.put("expires_at", at.toString()));
    revokedAt.ifPresent(at -> json.put("revoked_at", at.toString()));
    lastUsedAt.ifPresent(at -> json.put("last_used_at", at.toString()));
    return json;
  }

  /// True from the instant of expiry on.
  boolean expiredAt(Instant now) {
    return expiresAt.map(end -> !now.isBefore(end)).orElse(false);
  }
}
