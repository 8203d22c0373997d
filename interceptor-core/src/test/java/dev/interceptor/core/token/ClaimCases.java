package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.TokenRejection.Reason.BAD_SIGNATURE;
import static dev.interceptor.core.token.TokenRejection.Reason.EXPIRED;
import static dev.interceptor.core.token.TokenRejection.Reason.MALFORMED;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_AUDIENCE;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_ISSUER;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_TOOL;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The type of each claim, issuer, audience and tool, and which of two faults is named.
final class ClaimCases {
  private static final String CLAIMS = "RFC 7519 §4";

  private ClaimCases() {}

  static List<VectorCase> all() {
    List<VectorCase> cases = new ArrayList<>();
    cases.addAll(types());
    cases.addAll(names());
    cases.addAll(unknownClaims());
    cases.addAll(order());
    return cases;
  }

  private static List<VectorCase> types() {
    List<VectorCase> cases = new ArrayList<>();
    for (String name :
        List.of("iss", "sub", "aud", "iat", "nbf", "exp", "jti", "scope", "p_hash")) {
      cases.add(
          refused(
              "claim-absent-" + name,
              MALFORMED,
              "no `" + name + "`",
              CLAIMS,
              good().withoutClaim(name).text()));
    }
    for (String name : List.of("client_id", "policy", "decision")) {
      cases.add(
          accepted(
              "claim-optional-" + name,
              "no `" + name + "`, which may be absent",
              CLAIMS,
              good().withoutClaim(name).text()));
    }
    for (String name : CraftedToken.claims().keySet()) {
      cases.add(claim("null-" + name, "`" + name + "` is null", name, "null"));
    }
    for (String name : List.of("iss", "sub", "client_id", "jti", "scope", "p_hash", "decision")) {
      cases.add(claim("number-" + name, "`" + name + "` is a number", name, "1800000000"));
    }
    for (String name : List.of("r_hash", "tool_hash", "policy")) {
      cases.add(claim("null-or-number-" + name, "`" + name + "` is a number", name, "0"));
    }
    for (String name : List.of("iat", "nbf", "exp")) {
      cases.add(claim("string-" + name, "`" + name + "` is a string", name, "\"1800000000\""));
    }
    cases.add(claim("array-aud", "`aud` is an array", "aud", "[\"https://mail.example/mcp\"]"));
    cases.add(claim("array-scope", "`scope` is an array", "scope", "[\"tool:send_email\"]"));
    cases.add(claim("object-p_hash", "`p_hash` is an object", "p_hash", "{}"));
    cases.add(claim("true-exp", "`exp` is true", "exp", "true"));
    return cases;
  }

  private static List<VectorCase> names() {
    String digest = Digests.of(CraftedToken.ARGUMENTS).hex();
    return List.of(
        claim("sub-empty", "an empty session", "sub", "\"\""),
        claim("sub-129", "a session of 129 characters", "sub", "\"" + "s".repeat(129) + "\""),
        claim("sub-space", "a session with a space", "sub", "\"s 42\""),
        claim("sub-newline", "a session with a line feed at its end", "sub", "\"s-42\\n\""),
        claim("sub-unicode", "a session beyond ASCII", "sub", "\"s-é\""),
        claim("client-upper", "a customer in upper case", "client_id", "\"ACME\""),
        claim("client-dash-first", "a customer that begins with a dash", "client_id", "\"-acme\""),
        claim(
            "client-65", "a customer of 65 characters", "client_id", "\"" + "a".repeat(65) + "\""),
        claim("client-newline", "a customer with a line feed", "client_id", "\"acme\\n\""),
        claim("jti-empty", "an empty id", "jti", "\"\""),
        claim("jti-129", "an id of 129 characters", "jti", "\"" + "j".repeat(129) + "\""),
        claim("jti-space", "an id with a space", "jti", "\"a b\""),
        claim("jti-unicode", "an id beyond ASCII", "jti", "\"é\""),
        claim("decision-empty", "an empty decision", "decision", "\"\""),
        claim(
            "decision-129",
            "a decision of 129 characters",
            "decision",
            "\"" + "d".repeat(129) + "\""),
        claim("decision-unicode", "a decision beyond ASCII", "decision", "\"\\ud83d\\ude00\""),
        claim(
            "p_hash-upper",
            "a digest in upper case",
            "p_hash",
            "\"" + digest.toUpperCase(Locale.ROOT) + "\""),
        claim("p_hash-short", "a digest of 63 digits", "p_hash", "\"" + digest.substring(1) + "\""),
        claim(
            "p_hash-prefix",
            "a digest with its algorithm before it",
            "p_hash",
            "\"sha256:" + digest + "\""),
        claim(
            "p_hash-newline",
            "a digest with a line feed after it",
            "p_hash",
            "\"" + digest + "\\n\""),
        claim("tool_hash-short", "a definition's digest that is too short", "tool_hash", "\"00\""),
        claim("policy-short", "a policy's digest that is too short", "policy", "\"00\""),
        claim("scope-no-prefix", "a scope that is not of a tool", "scope", "\"send_email\""),
        claim("scope-upper-prefix", "another prefix", "scope", "\"TOOL:send_email\""),
        claim("scope-two", "two scopes", "scope", "\"tool:send_email tool:run_shell\""),
        claim("scope-empty-tool", "a scope without a name", "scope", "\"tool:\""),
        claim("scope-129", "a tool of 129 characters", "scope", "\"tool:" + "t".repeat(129) + "\""),
        claim("scope-newline", "a tool with a line feed", "scope", "\"tool:send_email\\n\""),
        accepted(
            "claim-longest",
            "the longest texts that are allowed",
            CLAIMS,
            good()
                .withPayload(
                    CraftedToken.object(CraftedToken.claims())
                        .replace("s-42", "~".repeat(128))
                        .replace("acme", "0".repeat(64))
                        .replace(CraftedToken.JTI, "!".repeat(128)))
                .text()),
        wrong(WRONG_ISSUER, "iss-other", "another issuer", "iss", "\"other\""),
        wrong(
            WRONG_ISSUER,
            "iss-case",
            "the issuer in another case",
            "iss",
            "\"Sentinel-interceptor\""),
        wrong(
            WRONG_ISSUER,
            "iss-slash",
            "the issuer with a slash",
            "iss",
            "\"sentinel-interceptor/\""),
        wrong(
            WRONG_ISSUER,
            "iss-nul",
            "the issuer with a NUL",
            "iss",
            "\"sentinel-interceptor\\u0000\""),
        wrong(WRONG_ISSUER, "iss-empty", "an empty issuer", "iss", "\"\""),
        wrong(WRONG_AUDIENCE, "aud-other", "another server", "aud", "\"https://files.example\""),
        wrong(
            WRONG_AUDIENCE,
            "aud-slash",
            "the server with a slash",
            "aud",
            "\"https://mail.example/mcp/\""),
        wrong(
            WRONG_AUDIENCE,
            "aud-prefix",
            "a server whose name begins alike",
            "aud",
            "\"https://mail.example/mcp.evil.example\""),
        wrong(
            WRONG_AUDIENCE,
            "aud-case",
            "the server in upper case",
            "aud",
            "\"HTTPS://MAIL.EXAMPLE/mcp\""),
        wrong(WRONG_AUDIENCE, "aud-empty", "no server", "aud", "\"\""),
        wrong(WRONG_TOOL, "scope-other", "another tool", "scope", "\"tool:run_shell\""),
        wrong(WRONG_TOOL, "scope-case", "the tool in another case", "scope", "\"tool:Send_email\""),
        wrong(
            WRONG_TOOL,
            "scope-longer",
            "a tool whose name begins alike",
            "scope",
            "\"tool:send_email_now\""));
  }

  private static List<VectorCase> unknownClaims() {
    return List.of(
        accepted(
            "unknown-claim",
            "a claim that nobody knows",
            CLAIMS,
            good().withMore("\"later\":{\"v\":[1,null,true]}").text()),
        accepted(
            "unknown-claim-proto",
            "claims with a meaning in JavaScript",
            CLAIMS,
            good().withMore("\"__proto__\":{\"iss\":\"x\"},\"constructor\":1").text()),
        accepted(
            "unknown-claim-case",
            "`EXP` is not `exp`",
            CLAIMS,
            good().withMore("\"EXP\":0,\"Aud\":\"x\"").text()),
        accepted(
            "tool_hash",
            "the digest of a pinned definition",
            "",
            good().withClaim("tool_hash", "\"" + "cd".repeat(32) + "\"").text()),
        refused(
            "claims-inherited",
            MALFORMED,
            "claims in `__proto__` are not claims",
            CLAIMS,
            good()
                .withPayload("{\"__proto__\":" + CraftedToken.object(CraftedToken.claims()) + "}")
                .text()));
  }

  /// Two faults each: the verdict names the one that is looked at first.
  private static List<VectorCase> order() {
    String wrong = CraftedToken.object(CraftedToken.claims()).replace("sentinel", "other");
    return List.of(
        refused(
            "order-signature-payload",
            BAD_SIGNATURE,
            "the signature before the payload",
            CLAIMS,
            good().withPayload("{}").text(new byte[64])),
        refused(
            "order-issuer-audience",
            WRONG_ISSUER,
            "the issuer before the audience",
            CLAIMS,
            good().withPayload(wrong.replace("mail.example/mcp", "other.example")).text()),
        refused(
            "order-type-issuer",
            MALFORMED,
            "the types before the issuer",
            CLAIMS,
            good().withPayload(wrong.replace("\"d-1\"", "1")).text()),
        refused(
            "order-audience-time",
            WRONG_AUDIENCE,
            "the audience before the time",
            CLAIMS,
            good()
                .withPayload(
                    CraftedToken.object(CraftedToken.claims())
                        .replace("mail.example/mcp", "other.example")
                        .replace("1800000005", "1"))
                .text()),
        refused(
            "order-time-tool",
            EXPIRED,
            "the time before the tool",
            CLAIMS,
            good()
                .withPayload(
                    CraftedToken.object(CraftedToken.claims())
                        .replace("send_email", "other")
                        .replace("1800000005", "1"))
                .text()));
  }

  private static VectorCase claim(String id, String shows, String name, String json) {
    return wrong(MALFORMED, id, shows, name, json);
  }

  private static VectorCase wrong(
      TokenRejection.Reason reason, String id, String shows, String name, String json) {
    return refused("claim-" + id, reason, shows, CLAIMS, good().withClaim(name, json).text());
  }
}
