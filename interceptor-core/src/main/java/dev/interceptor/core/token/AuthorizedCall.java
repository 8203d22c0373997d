package dev.interceptor.core.token;

import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.tool.ToolCall;
import java.time.Instant;

/// A call that was permitted, recorded and signed. Upstreams take nothing else, and only the minter
/// makes one.
public final class AuthorizedCall {
  private final ToolCall call;
  private final RecordedPermit permit;
  private final Audience audience;
  private final String token;
  private final Instant expiresAt;

  AuthorizedCall(
      ToolCall call, RecordedPermit permit, Audience audience, String token, Instant expiresAt) {
    this.call = call;
    this.permit = permit;
    this.audience = audience;
    this.token = token;
    this.expiresAt = expiresAt;
  }

  public ToolCall call() {
    return call;
  }

  public RecordedPermit permit() {
    return permit;
  }

  public Audience audience() {
    return audience;
  }

  /// The compact JWS. A credential: it goes to the upstream or to the caller that asked for it,
  /// never into a log.
  public String token() {
    return token;
  }

  public Instant expiresAt() {
    return expiresAt;
  }

  @Override
  public String toString() {
    return "AuthorizedCall[" + call.tool() + ", token redacted]";
  }
}
