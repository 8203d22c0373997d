package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A JWK set as text, with the names of the keys it has, or that it is refused as a whole.
record KeySetCase(String id, String shows, String text, List<String> kids, boolean refused) {
  private static final String X =
      segment(SigningKey.ofSeed(CraftedToken.SEED).publicKey().encoded());
  private static final String OTHER_X =
      segment(SigningKey.ofSeed(CraftedToken.OTHER_SEED).publicKey().encoded());
  private static final String KEY =
      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
          + X
          + "\",\"kid\":\"a\",\"use\":\"sig\",\"alg\":\"EdDSA\"}";
  private static final String OTHER_KEY = KEY.replace(X, OTHER_X).replace("\"a\"", "\"b\"");

  static List<KeySetCase> all() {
    List<KeySetCase> cases = new ArrayList<>();
    cases.addAll(sets());
    cases.addAll(members());
    cases.addAll(points());
    return cases;
  }

  private static List<KeySetCase> sets() {
    return List.of(
        accepted("one", "one key", set(KEY), List.of("a")),
        accepted("two", "two keys", set(KEY + "," + OTHER_KEY), List.of("a", "b")),
        accepted("none", "no keys", set(""), List.of()),
        accepted(
            "more-members",
            "members that nobody knows",
            "{\"v\":1,\"keys\":[" + changed("\"kid\"", "\"note\":[1],\"kid\"") + "]}",
            List.of("a")),
        refused(
            "same-name",
            "two keys of one name",
            set(KEY + "," + OTHER_KEY.replace("\"b\"", "\"a\""))),
        refused("same-key-twice", "the same key twice", set(KEY + "," + KEY)),
        refused(
            "good-and-bad",
            "one bad key refuses the set",
            set(KEY + "," + OTHER_KEY.replace("Ed25519", "Ed448"))),
        refused("not-json", "not JSON", "keys"),
        refused("array", "an array", "[" + KEY + "]"),
        refused("key-alone", "a key without a set", KEY),
        refused("keys-object", "keys that are an object", "{\"keys\":{\"a\":" + KEY + "}}"),
        refused("keys-null", "keys that are null", "{\"keys\":null}"),
        refused("key-null", "a key that is null", set("null")),
        refused("key-text", "a key that is a string", set("\"" + X + "\"")),
        refused("duplicate-keys", "`keys` twice", "{\"keys\":[],\"keys\":[" + KEY + "]}"),
        refused("duplicate-x", "`x` twice", set(changed("\"kid\"", "\"x\":\"" + X + "\",\"kid\""))),
        refused("trailing-data", "text after the set", set(KEY) + "{}"),
        refused("bom", "a byte order mark", "\ufeff" + set(KEY)),
        refused("long", "longer than 64 KiB", set(KEY) + " ".repeat(64 * 1024)));
  }

  private static List<KeySetCase> members() {
    return List.of(
        key("private", "a private key", changed("\"kid\"", "\"d\":\"" + OTHER_X + "\",\"kid\"")),
        key("private-null", "a private key that is null", changed("\"kid\"", "\"d\":null,\"kid\"")),
        key("kty-absent", "no `kty`", changed("\"kty\":\"OKP\",", "")),
        key("kty-ec", "`kty` EC", changed("\"OKP\"", "\"EC\"")),
        key("kty-oct", "a shared secret", "{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"a\"}"),
        key("kty-lower", "`kty` in lower case", changed("\"OKP\"", "\"okp\"")),
        key("crv-x25519", "a key for key agreement", changed("\"Ed25519\"", "\"X25519\"")),
        key("crv-ed448", "another curve", changed("\"Ed25519\"", "\"Ed448\"")),
        key("crv-absent", "no `crv`", changed("\"crv\":\"Ed25519\",", "")),
        key("kid-absent", "no `kid`", changed("\"kid\":\"a\",", "")),
        key("kid-empty", "an empty name", changed("\"kid\":\"a\"", "\"kid\":\"\"")),
        key("kid-number", "a number as name", changed("\"kid\":\"a\"", "\"kid\":1")),
        key("kid-space", "a name with a space", changed("\"kid\":\"a\"", "\"kid\":\"a b\"")),
        key(
            "kid-129",
            "a name of 129 characters",
            changed("\"kid\":\"a\"", "\"kid\":\"" + "k".repeat(129) + "\"")),
        accepted(
            "kid-128",
            "a name of 128 characters",
            set(changed("\"kid\":\"a\"", "\"kid\":\"" + "k".repeat(128) + "\"")),
            List.of("k".repeat(128))),
        key("use-enc", "a key for encryption", changed("\"sig\"", "\"enc\"")),
        accepted("use-absent", "no `use`", set(changed("\"use\":\"sig\",", "")), List.of("a")),
        key("alg-other", "another algorithm", changed("\"EdDSA\"", "\"ES256\"")),
        key("alg-ed25519", "the name of RFC 9864", changed("\"EdDSA\"", "\"Ed25519\"")),
        accepted("alg-absent", "no `alg`", set(changed(",\"alg\":\"EdDSA\"", "")), List.of("a")),
        accepted(
            "key_ops-verify",
            "an operation of a public key",
            set(changed("\"use\":\"sig\"", "\"key_ops\":[\"verify\"]")),
            List.of("a")),
        key(
            "key_ops-sign",
            "an operation of a private key",
            changed("\"use\":\"sig\"", "\"key_ops\":[\"sign\"]")),
        key("key_ops-none", "no operation", changed("\"use\":\"sig\"", "\"key_ops\":[]")),
        key("x-absent", "no `x`", changed("\"x\":\"" + X + "\",", "")),
        key("x-number", "a number as `x`", changed("\"" + X + "\"", "1")),
        key("x-empty", "an empty `x`", changed(X, "")),
        key("x-31-bytes", "a byte too few", changed(X, segment(new byte[31]))),
        key("x-33-bytes", "a byte too many", changed(X, X + "A")),
        key("x-padded", "padding", changed(X, X + "=")),
        key("x-unused-bits", "unused bits that are not zero", changed(X, unusedBits())),
        key("x-white-space", "white space", changed(X, X + "\\n")));
  }

  private static String unusedBits() {
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = digits.indexOf(X.charAt(X.length() - 1));
    return X.substring(0, X.length() - 1) + digits.charAt(last ^ 1);
  }

  private static List<KeySetCase> points() {
    List<KeySetCase> cases = new ArrayList<>();
    String ff = "ff".repeat(30);
    List<String> weak =
        List.of(
            "00".repeat(32),
            "01" + "00".repeat(31),
            "01" + "00".repeat(30) + "80",
            "ec" + ff + "7f",
            "ec" + ff + "ff",
            "ed" + ff + "7f",
            "ed" + ff + "ff",
            "ee" + ff + "7f",
            "ee" + ff + "ff",
            "00".repeat(31) + "80",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa");
    for (String point : weak) {
      cases.add(key("small-order-" + point, "a point of small order", point(point)));
    }
    for (String point :
        List.of("f0" + ff + "7f", "f1" + ff + "7f", "ff" + ff + "7f", "ff" + ff + "ff")) {
      cases.add(key("non-canonical-" + point, "y is not below p", point(point)));
    }
    for (String point : List.of("02" + "00".repeat(31), "07" + "00".repeat(31))) {
      cases.add(key("not-on-curve-" + point, "not a point of the curve", point(point)));
    }
    cases.add(
        accepted(
            "outside-prime-order",
            "a good point plus one of small order",
            set(changed(X, segment(SignatureCases.CROOKED.publicKey()))),
            List.of("a")));
    return cases;
  }

  private static String point(String hex) {
    return changed(X, segment(HexFormat.of().parseHex(hex)));
  }

  private static String changed(String old, String replacement) {
    if (!KEY.contains(old)) {
      throw new IllegalArgumentException(old);
    }
    return KEY.replace(old, replacement);
  }

  private static String set(String keys) {
    return "{\"keys\":[" + keys + "]}";
  }

  private static KeySetCase accepted(String id, String shows, String text, List<String> kids) {
    return new KeySetCase(id, shows, text, kids, false);
  }

  private static KeySetCase key(String id, String shows, String key) {
    return refused(id, shows, set(key));
  }

  private static KeySetCase refused(String id, String shows, String text) {
    return new KeySetCase(id, shows, text, List.of(), true);
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("id", id).put("shows", shows).put("text", text);
    json.put("expect", refused ? "refuse" : "accept");
    if (!refused) {
      kids.forEach(json.putArray("kids")::add);
    }
    return json;
  }
}
