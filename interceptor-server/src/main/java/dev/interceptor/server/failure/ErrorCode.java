package dev.interceptor.server.failure;

/// Every failure a client can see, with its HTTP status and the sentence the client reads. SPEC §3.
public enum ErrorCode {
  MALFORMED_REQUEST(400, "the request is not well formed"),
  UNAUTHENTICATED(401, "the credential is missing or not accepted"),
  POLICY_DENIED(403, "the policy does not permit this call"),
  APPROVAL_REQUIRED(403, "a person has to approve exactly this call first; then repeat it"),
  FORBIDDEN_ORIGIN(403, "requests from this origin are not accepted"),
  NOT_FOUND(404, "there is nothing at this address"),
  UNKNOWN_UPSTREAM(404, "no upstream of that name is configured"),
  SESSION_CONFLICT(409, "the session changed during the call; retry"),
  POLICY_CONFLICT(409, "the policies in force cannot be changed like this; nothing was applied"),
  APPROVAL_CLOSED(409, "the approval is not open to this; nothing was changed"),
  DEFINITION_CONFLICT(409, "another definition awaits approval; nothing was changed"),
  PAYLOAD_TOO_LARGE(413, "the body is longer than this route accepts"),
  UNSUPPORTED_MEDIA_TYPE(415, "the body must be application/json in UTF-8"),
  POLICY_INVALID(422, "the policy has problems; nothing was applied"),
  RATE_LIMITED(429, "requests come too quickly; retry later"),
  CONCURRENCY_LIMITED(429, "too many requests are under way; retry later"),
  INTERNAL(500, "the interceptor failed; its log has the reason"),
  UPSTREAM_UNREACHABLE(502, "the tool server could not be reached"),
  UPSTREAM_PROTOCOL(502, "the tool server's answer could not be used"),
  STATE_UNAVAILABLE(503, "state that the decision needs is unavailable; nothing is permitted"),
  POLICY_UNAVAILABLE(503, "no policy could be loaded; nothing is permitted"),
  AUDIT_UNAVAILABLE(503, "the decision could not be recorded; nothing is permitted"),
  GUARD_UNAVAILABLE(503, "the prompt could not be checked; nothing is permitted"),
  SIGNING_UNAVAILABLE(503, "no signing key is usable; nothing is permitted"),
  UPSTREAM_TIMEOUT(504, "the tool server did not answer in time");

  private final int status;
  private final String publicMessage;

  ErrorCode(int status, String publicMessage) {
    this.status = status;
    this.publicMessage = publicMessage;
  }

  public int status() {
    return status;
  }

  public String publicMessage() {
    return publicMessage;
  }
}
