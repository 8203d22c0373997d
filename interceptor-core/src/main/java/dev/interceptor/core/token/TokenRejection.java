package dev.interceptor.core.token;

/// A token that does not authorize the call. The reason is for logs and tests; a client learns only
/// that the token was refused.
public record TokenRejection(Reason reason) implements Verification {
  /// Stable words, in the order in which a verifier looks.
  public enum Reason {
    /// There is no token.
    MISSING,
    /// Not three strict base64url segments of strict JSON, or a claim is absent or of another type.
    MALFORMED,
    /// `alg` is not exactly `EdDSA`.
    WRONG_ALGORITHM,
    /// `typ` is not exactly `tool-call+jwt`.
    WRONG_TYPE,
    /// The header has a member besides `alg`, `typ` and `kid`, such as `crit`, `jku` or `jwk`.
    FORBIDDEN_HEADER,
    /// No key has the token's `kid`, or the token names none.
    UNKNOWN_KEY,
    /// The keys could not be asked for.
    KEYS_UNAVAILABLE,
    /// The signature is not one of these bytes under that key.
    BAD_SIGNATURE,
    /// `iss` is another issuer.
    WRONG_ISSUER,
    /// `aud` is another server.
    WRONG_AUDIENCE,
    /// `iat` or `nbf` lies in the future.
    NOT_YET_VALID,
    /// `exp` has come.
    EXPIRED,
    /// `exp` is further from `iat` than this verifier allows.
    LIFETIME_TOO_LONG,
    /// `scope` names another tool.
    WRONG_TOOL,
    /// `p_hash` is not the digest of the arguments received.
    WRONG_ARGUMENTS,
    /// `r_hash` is not the digest expected, is missing, or was not expected.
    WRONG_REQUEST,
    /// The token was used before.
    REPLAYED,
    /// The token may have been used before this guard's memory began.
    REPLAY_UNCERTAIN,
    /// The guard cannot remember another token.
    REPLAY_GUARD_FULL,
    /// The guard could not be asked.
    REPLAY_GUARD_UNAVAILABLE
  }
}
