package dev.interceptor.server.http;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.signing.PublishedKeys;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/// `/.well-known/jwks.json`: the public keys, with how long a verifier may remember them (RFC
/// 9111). No cache in between may: a verifier would count the time once more.
public final class JwksEndpoint {
  private static final String MEDIA_TYPE = "application/jwk-set+json";

  private final Supplier<PublishedKeys> keys;

  /// @param keys asked for every request
  public JwksEndpoint(Supplier<PublishedKeys> keys) {
    this.keys = keys;
  }

  public void get(Context context) {
    PublishedKeys published = keys.get();
    byte[] body = published.keys().toJson().getBytes(StandardCharsets.UTF_8);
    String tag = '"' + Sha256.of(body).hex() + '"';
    context
        .header("Cache-Control", "private, max-age=" + published.maxAge().toSeconds())
        .header("ETag", tag);
    if (isKnown(Optional.ofNullable(context.header("If-None-Match")).orElse(""), tag)) {
      context.status(304);
      return;
    }
    context.contentType(MEDIA_TYPE).result(body);
  }

  /// The weak comparison of RFC 9110 §13.1.2.
  private static boolean isKnown(String condition, String tag) {
    return Arrays.stream(condition.split(",", -1))
        .map(String::strip)
        .anyMatch(known -> known.equals("*") || known.equals(tag) || known.equals("W/" + tag));
  }
}
