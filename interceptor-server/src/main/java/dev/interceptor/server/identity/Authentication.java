package dev.interceptor.server.identity;

import dev.interceptor.core.identity.Principal;

/// What a presented credential turned out to be.
public sealed interface Authentication {
  /// The credential is a key that is good now.
  record Authenticated(Principal principal, KeyRole role) implements Authentication {}

  /// The credential is not accepted. Every client gets the same answer.
  ///
  /// @param cause for the operator and the audit, never for the client
  record Rejected(Cause cause) implements Authentication {}

  /// Why a credential is not accepted.
  enum Cause {
    MALFORMED,
    UNKNOWN,
    REVOKED,
    EXPIRED
  }
}
