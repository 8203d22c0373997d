package dev.interceptor.core.tool;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.Sha256;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a call carries besides its arguments when it goes on with an earlier one: the answers to a
/// tool's questions and the state that the tool handed out with them. They steer the call as much
/// as its arguments do, so a token binds them too (`r_hash`, SPEC §6).
public final class Continuation {
  private final byte[] canonical;
  private final Sha256 digest;

  private Continuation(JsonObject value) {
    this.canonical = CanonicalJson.bytes(value);
    this.digest = Sha256.of(canonical);
  }

  /// @param params the `params` of a `tools/call`
  /// @return its `inputResponses` and `requestState`, or empty if it has neither; null counts as
  ///   one
  public static Optional<Continuation> of(JsonObject params) {
    Map<String, JsonValue> carried = new LinkedHashMap<>();
    params.member("inputResponses").ifPresent(value -> carried.put("inputResponses", value));
    params.member("requestState").ifPresent(value -> carried.put("requestState", value));
    return carried.isEmpty()
        ? Optional.empty()
        : Optional.of(new Continuation(new JsonObject(carried)));
  }

  /// A copy of the canonical bytes of an object with one or both of the members.
  public byte[] canonical() {
    return canonical.clone();
  }

  public Sha256 digest() {
    return digest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Continuation that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "Continuation[" + digest.hex() + "]";
  }
}
