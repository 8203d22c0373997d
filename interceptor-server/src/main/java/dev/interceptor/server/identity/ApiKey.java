package dev.interceptor.server.identity;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// An API key: `ik_`, eight characters of public id, `_`, and 160 random bits in lower-case base32
/// (RFC 4648 alphabet). Whoever holds it is the key's customer. It has no equality and prints as
/// redacted. SPEC §3.
public final class ApiKey {
  private static final Pattern SYNTAX = Pattern.compile("ik_[a-z0-9]{8}_[a-z2-7]{32}");
  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final String SECRET_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_START = 3;
  private static final int ID_LENGTH = 8;
  private static final int SECRET_LENGTH = 32;

  private final String text;

  private ApiKey(String text) {
    this.text = text;
  }

  /// A new key.
  ///
  /// @param random cryptographically strong; the secret is only as good as it
  public static ApiKey generate(RandomGenerator random) {
    var text = new StringBuilder("ik_");
    append(text, ID_LENGTH, ID_ALPHABET, random);
    text.append('_');
    append(text, SECRET_LENGTH, SECRET_ALPHABET, random);
    return new ApiKey(text.toString());
  }

  /// The key that the text is, if it has exactly the form of one; nothing is trimmed or folded.
  public static Optional<ApiKey> parse(String text) {
    return SYNTAX.matcher(text).matches() ? Optional.of(new ApiKey(text)) : Optional.empty();
  }

  /// The public part.
  public ApiKeyId id() {
    return new ApiKeyId(text.substring(ID_START, ID_START + ID_LENGTH));
  }

  /// SHA-256 of the whole key, the form in which it is stored.
  public Sha256 hash() {
    return Sha256.of(insecureBytes());
  }

  /// The whole key in ASCII: shown once to whoever created it, and nowhere else.
  public byte[] insecureBytes() {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void append(
      StringBuilder text, int length, String alphabet, RandomGenerator random) {
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
  }

  @Override
  public String toString() {
    return "ApiKey[" + id() + ", redacted]";
  }
}
