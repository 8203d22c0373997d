package dev.interceptor.server.session;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import java.util.Optional;

/// A session: the id alone is never enough, since two customers may choose the same one.
public record SessionKey(CustomerId customer, SessionId session) {
  /// The session that a call belongs to: all calls of a key that name none share one.
  public static SessionKey of(Principal principal, Optional<SessionId> named) {
    return new SessionKey(
        principal.customer(), named.orElseGet(() -> new SessionId("default:" + principal.key())));
  }
}
