package dev.interceptor.server.targets;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// A server that runs models. Comes from the operator, never from the wire.
///
/// @param url its root, or its `/v1`
/// @param authHeader the header that carries the key, after `authPrefix`
/// @param trust unless a pool says otherwise
/// @param timeout until the answer's headers are there
/// @param idleTimeout between two bytes of the answer
/// @param limits of all requests to it together, whichever model they are for
public record Provider(
    String name,
    Kind kind,
    URI url,
    Optional<ProviderKey> key,
    String authHeader,
    String authPrefix,
    Trust trust,
    Duration timeout,
    Duration idleTimeout,
    int maxConnections,
    Limits limits) {
  /// What it speaks.
  public enum Kind {
    OPENAI,
    OLLAMA
  }

  /// One with no key, no limits and no trust.
  static Provider keyless(String name, Kind kind, URI url) {
    Duration minute = Duration.ofMinutes(1);
    return new Provider(
        name, kind, url, Optional.empty(), "", "", Trust.NONE, minute, minute, 1, Limits.NONE);
  }
}
