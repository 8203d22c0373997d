package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.KID;
import static dev.interceptor.core.token.CraftedToken.OTHER_KID;
import static dev.interceptor.core.token.CraftedToken.OTHER_SEED;
import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.CraftedToken.segment;
import static dev.interceptor.core.token.TokenRejection.Reason.FORBIDDEN_HEADER;
import static dev.interceptor.core.token.TokenRejection.Reason.KEYS_UNAVAILABLE;
import static dev.interceptor.core.token.TokenRejection.Reason.MALFORMED;
import static dev.interceptor.core.token.TokenRejection.Reason.UNKNOWN_KEY;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_ALGORITHM;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_TYPE;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import java.util.ArrayList;
import java.util.List;

/// The header.
final class HeaderCases {
  private static final String HEADER = "RFC 7515 §4";

  private HeaderCases() {}

  static List<VectorCase> all() {
    List<VectorCase> cases = new ArrayList<>();
    cases.addAll(headerJson());
    cases.addAll(algorithms());
    cases.addAll(types());
    cases.addAll(extraMembers());
    cases.addAll(kids());
    return cases;
  }

  private static List<VectorCase> headerJson() {
    String header = CraftedToken.header(KID);
    String members = header.substring(1, header.length() - 1);
    return List.of(
        header("header-not-json", "a header that is not JSON", "alg=EdDSA"),
        header("header-array", "a header that is an array", "[" + header + "]"),
        header("header-null", "a header that is null", "null"),
        header("header-trailing-data", "text after the header", header + "{}"),
        header("header-bom", "a byte order mark", "\ufeff" + header),
        header("header-single-quotes", "single quotes", header.replace('"', '\'')),
        header("header-trailing-comma", "a comma after the last member", "{" + members + ",}"),
        header("header-duplicate-alg", "`alg` twice", "{" + members + ",\"alg\":\"EdDSA\"}"),
        header(
            "header-duplicate-alg-none",
            "`alg` twice, first none",
            "{\"alg\":\"none\"," + members + "}"),
        header(
            "header-duplicate-kid-escaped",
            "`kid` twice, once written with an escape",
            "{" + members + ",\"\\u006bid\":\"other\"}"),
        refused(
            "header-invalid-utf-8",
            MALFORMED,
            "a byte that is not UTF-8",
            "RFC 3629",
            good().withHeader(withByte(header, 0xff)).text()),
        refused(
            "header-overlong-utf-8",
            MALFORMED,
            "an overlong encoding",
            "RFC 3629",
            good().withHeader(withByte(header, 0xc0)).text()),
        header(
            "header-lone-surrogate",
            "a lone surrogate, escaped",
            header.replace("tool-call", "\\ud800")),
        header("header-deep", "nested deeper than four levels", "{" + members + ",\"x\":[[[[]]]]}"),
        header(
            "header-1025-bytes",
            "longer than 1024 bytes",
            header + " ".repeat(1025 - header.length())),
        accepted(
            "header-1024-bytes",
            "white space up to 1024 bytes",
            "RFC 8259 §2",
            good().withHeader(header + " ".repeat(1024 - header.length())).text()),
        accepted(
            "header-reordered",
            "another order of the members",
            HEADER,
            good()
                .withHeader("{\"kid\":\"" + KID + "\",\"typ\":\"tool-call+jwt\",\"alg\":\"EdDSA\"}")
                .text()),
        accepted(
            "header-escaped",
            "escapes in names and values",
            "RFC 8259 §7",
            good()
                .withHeader(header.replace("alg", "\\u0061lg").replace("EdDSA", "\\u0045dDSA"))
                .text()),
        accepted(
            "header-white-space",
            "white space between the members",
            "RFC 8259 §2",
            good().withHeader(header.replace(",", " ,\r\n\t")).text()));
  }

  private static byte[] withByte(String header, int value) {
    byte[] bytes = CraftedToken.ascii(header.replace("+jwt", "~jwt"));
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == '~' ? (byte) value : bytes[i];
    }
    return bytes;
  }

  private static List<VectorCase> algorithms() {
    List<VectorCase> cases = new ArrayList<>();
    String header = CraftedToken.header(KID);
    for (String alg :
        List.of("none", "None", "HS256", "RS256", "ES256", "Ed25519", "Ed448", "eddsa", "EdDSA ")) {
      cases.add(
          refused(
              "alg-" + alg.replace(" ", "-space"),
              WRONG_ALGORITHM,
              "`alg` " + alg,
              "RFC 8725 §3.1",
              good().withHeader(header.replace("EdDSA", alg)).text()));
    }
    cases.add(
        refused(
            "alg-none-unsigned",
            WRONG_ALGORITHM,
            "`alg` none and no signature",
            "RFC 8725 §2.1",
            unsigned(header)));
    cases.add(
        refused(
            "alg-absent",
            WRONG_ALGORITHM,
            "no `alg`",
            HEADER,
            good().withHeader(header.replace("\"alg\":\"EdDSA\",", "")).text()));
    cases.add(
        refused(
            "alg-array",
            WRONG_ALGORITHM,
            "`alg` as an array",
            HEADER,
            good().withHeader(header.replace("\"EdDSA\"", "[\"EdDSA\"]")).text()));
    cases.add(
        refused(
            "alg-case-of-name",
            WRONG_ALGORITHM,
            "`ALG` is not `alg`",
            HEADER,
            good().withHeader(header.replace("\"alg\"", "\"ALG\"")).text()));
    cases.add(
        refused(
            "header-empty-object",
            WRONG_ALGORITHM,
            "no members",
            HEADER,
            good().withHeader("{}").text()));
    return cases;
  }

  private static String unsigned(String header) {
    String text = good().withHeader(header.replace("EdDSA", "none")).signed();
    return text + ".";
  }

  private static List<VectorCase> types() {
    List<VectorCase> cases = new ArrayList<>();
    String header = CraftedToken.header(KID);
    for (String typ :
        List.of("JWT", "at+jwt", "Tool-Call+JWT", "application/tool-call+jwt", "tool-call")) {
      cases.add(
          refused(
              "typ-" + typ.replace('/', '-').replace('+', '-'),
              WRONG_TYPE,
              "`typ` " + typ,
              "RFC 8725 §3.11",
              good().withHeader(header.replace("tool-call+jwt", typ)).text()));
    }
    cases.add(
        refused(
            "typ-absent",
            WRONG_TYPE,
            "no `typ`",
            "RFC 8725 §3.11",
            good().withHeader(header.replace("\"typ\":\"tool-call+jwt\",", "")).text()));
    cases.add(
        refused(
            "typ-null",
            WRONG_TYPE,
            "`typ` is null",
            "RFC 8725 §3.11",
            good().withHeader(header.replace("\"tool-call+jwt\"", "null")).text()));
    return cases;
  }

  private static List<VectorCase> extraMembers() {
    String x = segment(SigningKey.ofSeed(OTHER_SEED).publicKey().encoded());
    return List.of(
        extra(
            "jwk",
            "its own key",
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}",
            OTHER_SEED),
        extra("jku", "where to fetch its key", "\"https://keys.example/jwks.json\"", OTHER_SEED),
        extra("x5u", "where to fetch its certificate", "\"https://keys.example/c\"", OTHER_SEED),
        extra("x5c", "its own certificate", "[\"AAAA\"]", OTHER_SEED),
        extra("crit", "an extension that has to be understood", "[\"exp\"]", CraftedToken.SEED),
        extra("b64", "a payload that is not encoded", "false", CraftedToken.SEED),
        extra("zip", "a compressed payload", "\"DEF\"", CraftedToken.SEED),
        extra("cty", "a nested token", "\"JWT\"", CraftedToken.SEED),
        extra(
            "iss", "a claim repeated in the header", "\"sentinel-interceptor\"", CraftedToken.SEED),
        extra("__proto__", "a name with a meaning in JavaScript", "{}", CraftedToken.SEED),
        extra("", "an empty name", "null", CraftedToken.SEED));
  }

  private static VectorCase extra(String name, String shows, String json, byte[] seed) {
    String header = CraftedToken.header(KID);
    String more = header.substring(0, header.length() - 1) + ",\"" + name + "\":" + json + "}";
    return refused(
        "header-extra-" + name,
        FORBIDDEN_HEADER,
        "`" + name + "`: " + shows,
        "RFC 8725 §3.10",
        good().withHeader(more).signedBy(seed).text());
  }

  private static List<VectorCase> kids() {
    String header = CraftedToken.header(KID);
    return List.of(
        accepted(
            "kid-second",
            "the second key of the set",
            "RFC 7517 §4.5",
            good().withHeader(CraftedToken.header(OTHER_KID)).signedBy(OTHER_SEED).text()),
        kid("unknown", "a name that no key has", "\"nobody\""),
        kid("empty", "an empty name", "\"\""),
        kid("number", "a name that is a number", "1"),
        kid("null", "a name that is null", "null"),
        kid("129", "a name of 129 characters", "\"" + "k".repeat(129) + "\""),
        kid("space", "a name with a space", "\"" + KID + " \""),
        kid("path", "a name that is a path", "\"../../keys/1\""),
        kid("nul", "a name with a NUL", "\"" + KID + "\\u0000\""),
        kid("proto", "a name that every JavaScript object has", "\"__proto__\""),
        kid("constructor", "another name that every JavaScript object has", "\"constructor\""),
        refused(
            "kid-absent",
            UNKNOWN_KEY,
            "no `kid`",
            "RFC 7515 §4.1.4",
            good().withHeader(header.replace(",\"kid\":\"" + KID + "\"", "")).text()),
        refused(
                "keys-unavailable",
                KEYS_UNAVAILABLE,
                "the keys cannot be asked for",
                "",
                good().text())
            .withoutIts("keys"));
  }

  private static VectorCase kid(String id, String shows, String json) {
    return refused(
        "kid-" + id,
        UNKNOWN_KEY,
        shows,
        "RFC 7515 §4.1.4",
        good().withHeader(CraftedToken.header(KID).replace("\"" + KID + "\"", json)).text());
  }

  private static VectorCase header(String id, String shows, String header) {
    return refused(id, MALFORMED, shows, HEADER, good().withHeader(header).text());
  }
}
