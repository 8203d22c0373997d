package dev.interceptor.core.token;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// The key that signs, and the public keys whose tokens may still be alive. Immutable.
public final class KeyRing {
  private final SigningKey active;
  private final JwkSet published;

  private KeyRing(SigningKey active, JwkSet published) {
    this.active = active;
    this.published = published;
  }

  public static KeyRing of(SigningKey active) {
    return of(active, List.of());
  }

  /// @param retiring public keys that no longer sign; the active one may be among them
  /// @throws IllegalArgumentException if two different keys have one name
  public static KeyRing of(SigningKey active, List<VerificationKey> retiring) {
    var byKid = new LinkedHashMap<String, VerificationKey>();
    byKid.put(active.kid(), active.publicKey());
    for (VerificationKey key : retiring) {
      VerificationKey other = byKid.putIfAbsent(key.kid(), key);
      if (other != null && !other.equals(key)) {
        throw new IllegalArgumentException("two keys are named `" + key.kid() + "`");
      }
    }
    return new KeyRing(active, JwkSet.of(new ArrayList<>(byKid.values())));
  }

  /// Signs with `next` from now on and keeps all public keys.
  public KeyRing rotatedTo(SigningKey next) {
    return of(next, published.keys());
  }

  /// Forgets a public key, once its last token has expired.
  ///
  /// @throws IllegalArgumentException if the key is the active one
  public KeyRing without(String kid) {
    if (kid.equals(active.kid())) {
      throw new IllegalArgumentException("the active key cannot be retired; rotate first");
    }
    return of(active, published.keys().stream().filter(key -> !key.kid().equals(kid)).toList());
  }

  public SigningKey active() {
    return active;
  }

  public Optional<VerificationKey> find(String kid) {
    return published.find(kid);
  }

  /// What `/.well-known/jwks.json` serves; the active key comes first.
  public JwkSet published() {
    return published;
  }

  @Override
  public String toString() {
    return "KeyRing[active " + active.kid() + ", " + published.keys().size() + " public keys]";
  }
}
