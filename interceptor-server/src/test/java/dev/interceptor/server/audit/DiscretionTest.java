package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.audit.ArgumentTerms.Detail;
import dev.interceptor.server.guard.Detectors;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DiscretionTest {
  private static final String KEY = "ik_abcd1234_" + "b".repeat(32);
  private static final String MAIL =
      """
      {"to":["a@b.example"],"note":"my key is %s","password":"Tr0ub4dor","pin":{"n":4111111111111111},"%s":1}\
      """
          .formatted(KEY, KEY);

  private static final PolicySet POLICY =
      ((PolicyParser.Result.Parsed)
              PolicyParser.parse(
                  """
                  name: story
                  static_rules: {send: ALLOW, plain: ALLOW, whole: ALLOW}
                  taint_rules:
                    - {id: a, tool: send, action: BLOCK, when: 'args.note == "x" && size(args.to) > 9'}
                    - {id: b, tool: whole, action: BLOCK, when: 'size(args) > 9'}
                  """,
                  "story.yaml"))
          .only();

  private static Optional<String> recorded(ArgumentTerms terms, String tool, String arguments)
      throws MalformedJsonException {
    byte[] bytes = arguments.getBytes(StandardCharsets.UTF_8);
    var ref = new ToolRef(new UpstreamName("mail"), new ToolName(tool));
    var call = new ToolCall(ref, Arguments.of(StrictJson.parseObject(bytes, JsonLimits.DEFAULT)));
    return new Discretion(terms, Detectors.standard())
        .shown(call, POLICY.plan(ref).argumentsRead());
  }

  private static String recorded(Detail detail, String tool, String arguments)
      throws MalformedJsonException {
    return recorded(new ArgumentTerms(detail, Map.of()), tool, arguments).orElse("nothing");
  }

  @Test
  void byDefaultOnlyWhatThePolicyLooksAtIsShownAndCleaned() throws MalformedJsonException {
    assertThat(recorded(Detail.DIGEST, "send", MAIL))
        .isEqualTo("{\"note\":\"my key is [SECRET_DETECTED]\",\"to\":[\"[PII_REDACTED]\"]}");
    assertThat(recorded(Detail.DIGEST, "send", "{\"body\":\"b\"}")).isEqualTo("nothing");
    assertThat(recorded(Detail.DIGEST, "plain", MAIL)).isEqualTo("nothing");
    assertThat(recorded(Detail.DIGEST, "unlisted", MAIL)).isEqualTo("nothing");
    assertThat(recorded(Detail.DIGEST, "whole", MAIL)).isEqualTo("\"[READ_AS_A_WHOLE]\"");
  }

  @Test
  void redactedShowsAllWithoutCredentialsAndPersonalData() throws MalformedJsonException {
    assertThat(recorded(Detail.REDACTED, "plain", MAIL))
        .isEqualTo(
            """
            {"[SECRET_DETECTED]":1,"note":"my key is [SECRET_DETECTED]","password":"[SECRET_DETECTED]",\
            "pin":{"n":"[PII_REDACTED]"},"to":["[PII_REDACTED]"]}\
            """);
  }

  @Test
  void fullStillShowsNoCredentials() throws MalformedJsonException {
    assertThat(recorded(Detail.FULL, "plain", MAIL))
        .isEqualTo(
            """
            {"[SECRET_DETECTED]":1,"note":"my key is [SECRET_DETECTED]","password":"[SECRET_DETECTED]",\
            "pin":{"n":4111111111111111},"to":["a@b.example"]}\
            """);
    assertThat(recorded(Detail.FULL, "plain", "{}")).isEqualTo("nothing");
  }

  @Test
  void aToolsOwnSettingCountsTheQualifiedOneFirst() throws MalformedJsonException {
    var terms =
        new ArgumentTerms(
            Detail.DIGEST,
            Map.of("send", Detail.FULL, "mail__plain", Detail.FULL, "plain", Detail.DIGEST));
    assertThat(recorded(terms, "send", "{\"a\":1}")).contains("{\"a\":1}");
    assertThat(recorded(terms, "plain", "{\"a\":1}")).contains("{\"a\":1}");
    assertThat(recorded(terms, "other", "{\"a\":1}")).isEmpty();
  }

  @Test
  void whatIsTooLongIsNotShown() throws MalformedJsonException {
    String fits = "{\"note\":\"" + "x".repeat(Discretion.LONGEST - 11) + "\"}";
    assertThat(recorded(Detail.DIGEST, "send", fits)).isEqualTo(fits);
    assertThat(recorded(Detail.FULL, "send", fits)).isEqualTo(fits);
    String longer = fits.replace("x\"", "xx\"");
    assertThat(recorded(Detail.DIGEST, "send", longer)).isEqualTo("\"[TOO_LONG: 16385 BYTES]\"");
    assertThat(recorded(Detail.FULL, "send", longer)).isEqualTo("\"[TOO_LONG: 16385 BYTES]\"");
    assertThat(
            recorded(
                Detail.DIGEST,
                "send",
                longer.replace("note", "body").replace("{", "{\"note\":\"n\",")))
        .isEqualTo("{\"note\":\"n\"}");
  }

  @Test
  void placeholdersDoNotMakeItLongerThanTheBound() throws MalformedJsonException {
    String mails = "a@b.example ".repeat(1300);
    assertThat(recorded(Detail.DIGEST, "send", "{\"note\":\"" + mails + "\"}"))
        .startsWith("\"[TOO_LONG: ");
  }

  @Test
  void whatNobodySeesIsEscaped() throws MalformedJsonException {
    String escapes = "\\u0000\\r\\n\\u001b[31m\\u007f\\u0085\\u2028\\u202e\\u200b";
    assertThat(recorded(Detail.FULL, "plain", "{\"a" + escapes + "\":\"x" + escapes + "\"}"))
        .isEqualTo("{\"a" + escapes + "\":\"x" + escapes + "\"}");
  }
}
