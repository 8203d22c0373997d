package dev.interceptor.core.audit;

import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// A token's `jti`: 128 random bits in base64url. It is on record before the token is signed. SPEC
/// §6.
public record TokenId(String value) {
  private static final int BYTES = 16;
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /// @throws IllegalArgumentException if the value breaks the syntax
  public TokenId {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("a token's id is 22 characters of base64url");
    }
  }

  /// @param random cryptographically strong and thread-safe, such as `SecureRandom`
  public static TokenId fresh(RandomGenerator random) {
    byte[] id = new byte[BYTES];
    random.nextBytes(id);
    return new TokenId(BASE64URL.encodeToString(id));
  }

  @Override
  public String toString() {
    return value;
  }
}
