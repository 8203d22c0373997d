package dev.interceptor.server.identity;

import dev.interceptor.core.identity.Principal;
import java.util.Locale;
import java.util.Optional;

/// What a presented credential turned out to be.
public sealed interface Authentication {
  /// The credential is a key that is good now.
  record Authenticated(Principal principal, KeyRole role) implements Authentication {}

  /// The credential is not accepted. Every client gets the same answer.
  ///
  /// @param cause for the operator and the audit, never for the client
  /// @param whose the key's, if the credential is one that was good once
  record Rejected(Cause cause, Optional<Principal> whose) implements Authentication {}

  /// Why a credential is not accepted.
  enum Cause {
    MALFORMED,
    UNKNOWN,
    REVOKED,
    EXPIRED;

    /// The name in the audit log: lower case.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
