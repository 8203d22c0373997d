package dev.interceptor.core.token;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Public Ed25519 keys by name, as a JWK Set (RFC 7517, RFC 8037). Immutable.
public final class JwkSet {
  /// A set holds a handful of keys, each about 150 bytes.
  private static final JsonLimits LIMITS = new JsonLimits(8, 64 * 1024);

  private final Map<String, VerificationKey> byKid;

  private JwkSet(Map<String, VerificationKey> byKid) {
    this.byKid = Collections.unmodifiableMap(byKid);
  }

  /// @throws IllegalArgumentException if two keys have one name
  public static JwkSet of(List<VerificationKey> keys) {
    var byKid = new LinkedHashMap<String, VerificationKey>();
    for (VerificationKey key : keys) {
      if (byKid.put(key.kid(), key) != null) {
        throw new IllegalArgumentException("two keys are named `" + key.kid() + "`");
      }
    }
    return new JwkSet(byKid);
  }

  /// Reads a set in which every key is a public Ed25519 signature key with a name of its own; one
  /// key that is anything else refuses the set.
  ///
  /// @throws MalformedKeyException saying which key, counted from 0, is not of this profile
  public static JwkSet parse(byte[] utf8) throws MalformedKeyException {
    return parse(utf8, Ed25519Provider.bouncyCastle());
  }

  /// The same, verifying by `provider`.
  ///
  /// @throws MalformedKeyException saying which key, counted from 0, is not of this profile
  public static JwkSet parse(byte[] utf8, Ed25519Provider provider) throws MalformedKeyException {
    JsonObject set;
    try {
      set = StrictJson.parseObject(utf8, LIMITS);
    } catch (MalformedJsonException e) {
      throw new MalformedKeyException("a JWK set is a JSON object: " + e.getMessage());
    }
    if (!(set.members().get("keys") instanceof JsonArray keys)) {
      throw new MalformedKeyException("a JWK set has an array named `keys`");
    }
    var byKid = new LinkedHashMap<String, VerificationKey>();
    for (JsonValue element : keys.elements()) {
      String place = "key " + byKid.size() + " of the set ";
      VerificationKey key = parseKey(element, place, provider);
      if (byKid.put(key.kid(), key) != null) {
        throw new MalformedKeyException(place + "has the name of another");
      }
    }
    return new JwkSet(byKid);
  }

  private static VerificationKey parseKey(JsonValue element, String place, Ed25519Provider provider)
      throws MalformedKeyException {
    if (!(element instanceof JsonObject members)
        || !isText(members, "kty", "OKP")
        || !isText(members, "crv", Curve.Ed25519.getName())) {
      throw new MalformedKeyException(place + "is not an OKP key on Ed25519");
    }
    if (members.members().containsKey("d")) {
      throw new MalformedKeyException(place + "is a private key");
    }
    OctetKeyPair jwk = parseJwk(members, place);
    if (jwk.getKeyID() == null) {
      throw new MalformedKeyException(place + "has no `kid`");
    }
    if (!isForVerifying(jwk)) {
      throw new MalformedKeyException(place + "is not for EdDSA signatures");
    }
    Optional<byte[]> x = Base64Url.decode(jwk.getX().toString());
    try {
      return VerificationKey.named(jwk.getKeyID(), x.orElse(new byte[0]), provider);
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException(place + "is refused: " + e.getMessage());
    }
  }

  private static OctetKeyPair parseJwk(JsonObject members, String place)
      throws MalformedKeyException {
    String text = new String(CanonicalJson.bytes(members), StandardCharsets.UTF_8);
    try {
      return OctetKeyPair.parse(text);
    } catch (ParseException | RuntimeException e) {
      throw new MalformedKeyException(place + "is not a JWK");
    }
  }

  private static boolean isForVerifying(OctetKeyPair jwk) {
    Algorithm algorithm = jwk.getAlgorithm();
    KeyUse use = jwk.getKeyUse();
    return (algorithm == null || algorithm.getName().equals(CompactJws.ALGORITHM))
        && (use == null || use.equals(KeyUse.SIGNATURE))
        && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
  }

  private static boolean isText(JsonObject members, String name, String text) {
    return members.members().get(name) instanceof JsonString(String value) && value.equals(text);
  }

  public Optional<VerificationKey> find(String kid) {
    return Optional.ofNullable(byKid.get(kid));
  }

  public List<VerificationKey> keys() {
    return List.copyOf(byKid.values());
  }

  /// The set as JSON: `kty`, `crv`, `x`, `kid`, `use` and `alg` of each key.
  public String toJson() {
    List<JWK> jwks = new ArrayList<>();
    for (VerificationKey key : byKid.values()) {
      jwks.add(
          new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(key.encoded()))
              .keyID(key.kid())
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(new Algorithm(CompactJws.ALGORITHM))
              .build());
    }
    return new JWKSet(jwks).toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JwkSet that && byKid.equals(that.byKid);
  }

  @Override
  public int hashCode() {
    return byKid.hashCode();
  }

  @Override
  public String toString() {
    return "JwkSet" + byKid.keySet();
  }
}
