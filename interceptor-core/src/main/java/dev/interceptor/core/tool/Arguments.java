package dev.interceptor.core.tool;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.Sha256;

/// The arguments of a call, with the canonical bytes (RFC 8785) that are hashed, signed and
/// forwarded.
///
/// Deciding reads `value`, the token carries `digest`, the upstream receives `canonical`: all three
/// are made together here and cannot drift apart.
public final class Arguments {
  private static final Arguments NONE = new Arguments(JsonObject.EMPTY);

  private final JsonObject value;
  private final byte[] canonical;
  private final Sha256 digest;

  private Arguments(JsonObject value) {
    this.value = value;
    this.canonical = CanonicalJson.bytes(value);
    this.digest = Sha256.of(canonical);
  }

  public static Arguments of(JsonObject value) {
    return value.isEmpty() ? NONE : new Arguments(value);
  }

  /// The arguments of a call that carries none; equal to `{}`.
  public static Arguments none() {
    return NONE;
  }

  public JsonObject value() {
    return value;
  }

  /// A copy of the canonical bytes.
  public byte[] canonical() {
    return canonical.clone();
  }

  /// Length of the canonical bytes.
  public int length() {
    return canonical.length;
  }

  public Sha256 digest() {
    return digest;
  }
}
