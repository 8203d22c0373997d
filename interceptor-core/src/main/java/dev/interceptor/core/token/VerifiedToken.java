package dev.interceptor.core.token;

/// Proof that a token was valid for the expected call and is now used up. Only the verifier makes
/// one.
public final class VerifiedToken implements Verification {
  private final TokenClaims claims;

  VerifiedToken(TokenClaims claims) {
    this.claims = claims;
  }

  public TokenClaims claims() {
    return claims;
  }

  @Override
  public String toString() {
    return "VerifiedToken[" + claims.id() + "]";
  }
}
