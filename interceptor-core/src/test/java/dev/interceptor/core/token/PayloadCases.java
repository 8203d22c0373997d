package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.TokenRejection.Reason.MALFORMED;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The payload as JSON.
final class PayloadCases {
  private static final String CLAIMS = "RFC 7519 §4";

  private PayloadCases() {}

  static List<VectorCase> all() {
    String payload = CraftedToken.object(CraftedToken.claims());
    String members = payload.substring(1, payload.length() - 1);
    return List.of(
        payload("payload-empty", "no bytes", ""),
        payload("payload-empty-object", "no claims", "{}"),
        payload("payload-array", "an array", "[" + payload + "]"),
        payload("payload-string", "a string", "\"sentinel\""),
        payload("payload-trailing-data", "text after the object", payload + "x"),
        payload("payload-two-objects", "two objects", payload + payload),
        payload("payload-bom", "a byte order mark", "\ufeff" + payload),
        payload("payload-comment", "a comment", "/* */" + payload),
        payload("payload-nul", "a NUL after the object", payload + "\u0000"),
        payload("payload-duplicate-exp", "`exp` twice", "{" + members + ",\"exp\":1800000005}"),
        payload(
            "payload-duplicate-escaped",
            "`aud` twice, once written with an escape",
            "{" + members + ",\"\\u0061ud\":\"https://mail.example/mcp\"}"),
        payload(
            "payload-duplicate-nested",
            "a name twice in a claim that nobody knows",
            "{" + members + ",\"x\":{\"a\":1,\"a\":1}}"),
        payload("payload-nan", "NaN", "{" + members + ",\"x\":NaN}"),
        payload(
            "payload-control",
            "a raw control character in a string",
            "{" + members + ",\"x\":\"\u0001\"}"),
        payload(
            "payload-lone-high", "a lone high surrogate", "{" + members + ",\"x\":\"\\ud83d\"}"),
        payload(
            "payload-lone-low",
            "a lone low surrogate in a name",
            "{" + members + ",\"\\ude00\":1}"),
        payload(
            "payload-reversed-pair",
            "surrogates in the wrong order",
            "{" + members + ",\"x\":\"\\ude00\\ud83d\"}"),
        payload(
            "payload-huge-number",
            "a number beyond a double, in a claim that nobody knows",
            "{" + members + ",\"x\":1e400}"),
        payload(
            "payload-inexact-number",
            "2^53 + 1, in a claim that nobody knows",
            "{" + members + ",\"x\":9007199254740993}"),
        payload(
            "payload-depth-9",
            "nested nine deep",
            "{" + members + ",\"x\":" + "[".repeat(8) + "]".repeat(8) + "}"),
        accepted(
            "payload-depth-8",
            "nested eight deep",
            CLAIMS,
            good().withMore("\"x\":" + "[".repeat(7) + "]".repeat(7)).text()),
        payload(
            "payload-deep",
            "nested 2000 deep",
            "{" + members + ",\"x\":" + "[".repeat(2000) + "]".repeat(2000) + "}"),
        refused(
            "payload-invalid-utf-8",
            MALFORMED,
            "a byte that is not UTF-8",
            "RFC 3629",
            good().withPayload(withByte(members, 0xff)).text()),
        refused(
            "payload-surrogate-in-utf-8",
            MALFORMED,
            "a surrogate encoded as UTF-8",
            "RFC 3629",
            good().withPayload(withByte(members, 0xed)).text()),
        refused(
            "payload-utf-16",
            MALFORMED,
            "UTF-16",
            "RFC 8259 §8.1",
            good().withPayload(payload.getBytes(StandardCharsets.UTF_16BE)).text()),
        accepted(
            "payload-escapes-and-space",
            "escapes, white space and another order",
            CLAIMS,
            good()
                .withPayload(
                    " {\n"
                        + members.replace("\"sub\"", "\"\\u0073ub\"").replace(",", " ,\t")
                        + "\r}\n")
                .text()));
  }

  /// A claim of four bytes, the first of which is `value`.
  private static byte[] withByte(String members, int value) {
    byte[] bytes = CraftedToken.ascii("{" + members + ",\"x\":\"~~~~\"}");
    int at = bytes.length - 6;
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) 0xa0;
    bytes[at + 2] = (byte) (value == 0xed ? 0x80 : '~');
    return bytes;
  }

  private static VectorCase payload(String id, String shows, String payload) {
    return refused(id, MALFORMED, shows, CLAIMS, good().withPayload(payload).text());
  }
}
