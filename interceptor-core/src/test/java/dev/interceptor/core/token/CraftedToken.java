package dev.interceptor.core.token;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// A token made by hand, with a good signature over whatever it says. Members and claims are JSON
/// text, so that they can be spelled in ways no writer of JSON offers.
final class CraftedToken {
  static final byte[] SEED = ascii("public test key of the vectors 1");
  static final byte[] OTHER_SEED = ascii("public test key of the vectors 2");
  static final String KID = SigningKey.ofSeed(SEED).kid();
  static final String OTHER_KID = SigningKey.ofSeed(OTHER_SEED).kid();
  static final String JTI = "AAECAwQFBgcICQoLDA0ODw";
  static final String ARGUMENTS = "{\"body\":\"hi\",\"to\":\"ann@mail.example\"}";

  private final byte[] header;
  private final byte[] payload;
  private final byte[] seed;

  private CraftedToken(byte[] header, byte[] payload, byte[] seed) {
    this.header = header;
    this.payload = payload;
    this.seed = seed;
  }

  static CraftedToken good() {
    return new CraftedToken(ascii(header(KID)), ascii(object(claims())), SEED);
  }

  static String header(String kid) {
    return "{\"alg\":\"EdDSA\",\"typ\":\"tool-call+jwt\",\"kid\":\"" + kid + "\"}";
  }

  /// The claims of a good token, each as JSON text.
  static Map<String, String> claims() {
    var claims = new LinkedHashMap<String, String>();
    claims.put("iss", "\"sentinel-interceptor\"");
    claims.put("sub", "\"s-42\"");
    claims.put("client_id", "\"acme\"");
    claims.put("aud", "\"https://mail.example/mcp\"");
    claims.put("iat", "1800000000");
    claims.put("nbf", "1800000000");
    claims.put("exp", "1800000005");
    claims.put("jti", "\"" + JTI + "\"");
    claims.put("scope", "\"tool:send_email\"");
    claims.put("p_hash", "\"" + Digests.of(ARGUMENTS) + "\"");
    claims.put("policy", "\"" + "ab".repeat(32) + "\"");
    claims.put("decision", "\"d-1\"");
    return claims;
  }

  static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String segment(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  CraftedToken withHeader(String text) {
    return withHeader(ascii(text));
  }

  CraftedToken withHeader(byte[] bytes) {
    return new CraftedToken(bytes, payload, seed);
  }

  CraftedToken withPayload(String text) {
    return withPayload(ascii(text));
  }

  CraftedToken withPayload(byte[] bytes) {
    return new CraftedToken(header, bytes, seed);
  }

  /// Replaces a claim, or adds one at the end.
  CraftedToken withClaim(String name, String json) {
    Map<String, String> claims = claims();
    claims.put(name, json);
    return withPayload(object(claims));
  }

  CraftedToken withoutClaim(String name) {
    Map<String, String> claims = claims();
    claims.remove(name);
    return withPayload(object(claims));
  }

  /// Adds JSON text after the last claim.
  CraftedToken withMore(String text) {
    String good = object(claims());
    return withPayload(good.substring(0, good.length() - 1) + "," + text + "}");
  }

  CraftedToken withTimes(long iat, long nbf, long exp) {
    Map<String, String> claims = claims();
    claims.put("iat", Long.toString(iat));
    claims.put("nbf", Long.toString(nbf));
    claims.put("exp", Long.toString(exp));
    return withPayload(object(claims));
  }

  CraftedToken signedBy(byte[] otherSeed) {
    return new CraftedToken(header, payload, otherSeed);
  }

  byte[] payload() {
    return payload;
  }

  /// What the signature covers.
  String signed() {
    return segment(header) + "." + segment(payload);
  }

  byte[] signature() {
    return SigningKey.ofSeed(seed).sign(ascii(signed()));
  }

  String text() {
    return text(signature());
  }

  String text(byte[] signature) {
    return signed() + "." + segment(signature);
  }

  /// Signs segments that are not what a strict encoder writes.
  static String ofSegments(String header, String payload) {
    String signed = header + "." + payload;
    return signed + "." + segment(SigningKey.ofSeed(SEED).sign(ascii(signed)));
  }
}
