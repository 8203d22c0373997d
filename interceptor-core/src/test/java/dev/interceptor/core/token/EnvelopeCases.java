package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.CraftedToken.segment;
import static dev.interceptor.core.token.TokenRejection.Reason.MALFORMED;
import static dev.interceptor.core.token.TokenRejection.Reason.MISSING;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import java.util.ArrayList;
import java.util.List;

/// The three segments.
final class EnvelopeCases {
  private static final String COMPACT = "RFC 7515 §7.1";
  private static final String BASE64 = "RFC 4648 §3.5";

  private EnvelopeCases() {}

  static List<VectorCase> all() {
    List<VectorCase> cases = new ArrayList<>();
    cases.add(accepted("ok", "a good token", "RFC 7519 §3", good().text()));
    cases.addAll(segments());
    cases.addAll(lengths());
    return cases;
  }

  private static List<VectorCase> segments() {
    String text = good().text();
    String signed = good().signed();
    String header = signed.substring(0, signed.indexOf('.'));
    String payload = signed.substring(signed.indexOf('.') + 1);
    String signature = segment(good().signature());
    return List.of(
        VectorCase.without(MISSING, "missing", "no token at all", COMPACT),
        refused("missing-empty", MISSING, "an empty token", COMPACT, ""),
        malformed("one-segment", "no dot", header),
        malformed("two-segments", "no signature segment", signed),
        malformed("four-segments", "a fourth segment", text + ".AAAA"),
        malformed("trailing-dot", "an empty fourth segment", text + "."),
        malformed("five-segments-jwe", "the shape of a JWE", text + "..AAAA"),
        malformed(
            "json-serialization",
            "flattened JSON instead of the compact form",
            "{\"protected\":\""
                + header
                + "\",\"payload\":\""
                + payload
                + "\",\"signature\":\""
                + signature
                + "\"}"),
        malformed("empty-header", "nothing before the first dot", "." + payload + "." + signature),
        malformed("leading-space", "white space before the token", " " + text),
        malformed("trailing-newline", "a line feed after the token", text + "\n"),
        malformed("trailing-space", "a space after the token", text + " "),
        malformed("inner-newline", "a line feed inside a segment", insert(text, 10, "\n")),
        malformed("nul", "a NUL after the token", text + "\u0000"),
        malformed(
            "bearer-prefix",
            "the scheme of the header field is not part of the token",
            "Bearer " + text),
        malformed("standard-alphabet", "`+` instead of `-`", insert(text, 4, "+")),
        malformed("slash", "`/` instead of `_`", insert(text, 4, "/")),
        malformed("percent-encoded-dot", "%2E instead of a dot", text.replace(".", "%2E")),
        malformed("non-ascii", "a letter beyond ASCII in the signature", insert(text, 300, "é")),
        malformed("full-width-dot", "U+FF0E instead of a dot", text.replace('.', '\uff0e')),
        malformed("padded-signature", "padding after the signature", text + "=="),
        malformed(
            "padded-header",
            "padding after the header, and signed",
            CraftedToken.ofSegments(header + "=", payload)),
        malformed(
            "unused-bits-signature",
            "unused bits of the last digit are not zero",
            lastDigit(text, 1)),
        malformed(
            "unused-bits-signature-2",
            "other unused bits of the last digit are not zero",
            lastDigit(text, 8)),
        malformed(
            "unused-bits-payload",
            "unused bits of the payload's last digit, and signed",
            CraftedToken.ofSegments(header, unusedBits())),
        malformed("length-1-mod-4-signature", "a segment of no possible length", text + "AAA"),
        malformed(
            "length-1-mod-4-header",
            "a header of no possible length, and signed",
            CraftedToken.ofSegments("eyJhb", payload)));
  }

  /// A payload segment that is two digits and a changed one longer than whole groups.
  private static String unusedBits() {
    String payload = CraftedToken.object(CraftedToken.claims());
    String text = payload + " ".repeat((4 - payload.length() % 3) % 3);
    return lastDigit(segment(CraftedToken.ascii(text)), 1);
  }

  private static String lastDigit(String text, int bits) {
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = digits.indexOf(text.charAt(text.length() - 1));
    return text.substring(0, text.length() - 1) + digits.charAt(last ^ bits);
  }

  private static String insert(String text, int at, String more) {
    return text.substring(0, at) + more + text.substring(at);
  }

  private static List<VectorCase> lengths() {
    return List.of(
        accepted("length-8192", "the longest token that is read", COMPACT, ofLength(8192)),
        malformed("length-8193", "one character longer than is read", ofLength(8193)));
  }

  /// No segment is one digit longer than whole groups of four, so the header is stretched to fit.
  private static String ofLength(int length) {
    for (String space : List.of("", " ", "  ")) {
      CraftedToken token = good().withHeader(CraftedToken.header(CraftedToken.KID) + space);
      int around = token.text().length() - segment(token.payload()).length();
      int filler = (length - around) * 3 / 4 - token.payload().length;
      String text = token.withMore("\"x\":\"" + "x".repeat(filler - 7) + "\"").text();
      if (text.length() == length) {
        return text;
      }
    }
    throw new IllegalStateException("no token of " + length);
  }

  private static VectorCase malformed(String id, String shows, String token) {
    return refused(id, MALFORMED, shows, id.contains("bits") ? BASE64 : COMPACT, token);
  }
}
