package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ArgumentReadsTest {
  private static final String POLICY =
      """
      name: story
      static_rules: {mail: ALLOW, pay: ALLOW, look: ALLOW, any: ALLOW, whole: ALLOW, shut: DENY}
      taint_rules:
        - {id: a, tool: mail, action: BLOCK, when: 'args.to.exists(t, !t.endsWith("@acme.example"))'}
        - id: b
          tool: mail
          action: BLOCK
          when: {tool_args_match: {options.urgent: true}}
          exceptions: [{when: 'args["copy"] == "no"', reason: story}]
        - {id: c, tool: look, action: ADD_TAINT, tag: seen, when: 'has(args.filter) && args.filter.kind == "x"'}
        - {id: d, tool: whole, action: BLOCK, when: 'size(args) > 3'}
        - {id: e, tool: shut, action: BLOCK, when: 'args.why == "x"'}
      limits:
        - {id: money, tool: pay, sum: args.amount.value, per: day, max: 1000}
      """;

  private static ArgumentReads reads(String tool) {
    return ((PolicyParser.Result.Parsed) PolicyParser.parse(POLICY, "story.yaml"))
        .only()
        .plan(new ToolRef(new UpstreamName("demo"), new ToolName(tool)))
        .argumentsRead();
  }

  private static String seen(String tool, String arguments) throws MalformedJsonException {
    byte[] bytes = arguments.getBytes(StandardCharsets.UTF_8);
    return new String(
        CanonicalJson.bytes(reads(tool).of(StrictJson.parseObject(bytes, JsonLimits.DEFAULT))),
        StandardCharsets.UTF_8);
  }

  @Test
  void whatRulesAndTheirExceptionsReadIsKeptAndNothingElse() throws MalformedJsonException {
    assertThat(
            seen(
                "mail",
                """
                {"to":["a@b.example",1],"copy":"no","body":"b","options":{"urgent":true,"x":"y"}}\
                """))
        .isEqualTo(
            """
            {"copy":"no","options":{"urgent":true},"to":["a@b.example",1]}\
            """);
  }

  @Test
  void aLimitReadsTheArgumentThatItAddsUp() throws MalformedJsonException {
    assertThat(seen("pay", "{\"amount\":{\"value\":7,\"note\":\"n\"},\"to\":\"x\"}"))
        .isEqualTo("{\"amount\":{\"value\":7}}");
  }

  @Test
  void namesThatThePolicyDoesNotWriteAreNotKept() throws MalformedJsonException {
    assertThat(seen("mail", "{\"to\":[{\"name\":\"v\"},[{\"n\":1}]],\"copy\":{\"name\":\"v\"}}"))
        .isEqualTo("{\"copy\":\"[OBJECT]\",\"to\":[\"[OBJECT]\",[\"[OBJECT]\"]]}");
    assertThat(seen("look", "{\"filter\":{\"kind\":\"x\",\"other\":1}}"))
        .isEqualTo("{\"filter\":{\"kind\":\"x\"}}");
    assertThat(seen("look", "{\"filter\":{\"other\":1}}")).isEqualTo("{\"filter\":\"[OBJECT]\"}");
  }

  @Test
  void aValueThatIsOnlyOnTheWayToAnotherIsNotKept() throws MalformedJsonException {
    assertThat(seen("pay", "{\"amount\":\"text\"}")).isEqualTo("{}");
    assertThat(seen("pay", "{\"amount\":[{\"value\":7}]}")).isEqualTo("{}");
  }

  @Test
  void toReadAllArgumentsTogetherIsToReadNoneInParticular() throws MalformedJsonException {
    assertThat(reads("whole").asOne()).isTrue();
    assertThat(seen("whole", "{\"a\":1}")).isEqualTo("{}");
  }

  @Test
  void whatIsDecidedByItsNameAloneReadsNothing() {
    assertThat(reads("any")).isEqualTo(ArgumentReads.NONE);
    assertThat(reads("shut").isNone()).isTrue();
    assertThat(reads("unlisted").isNone()).isTrue();
  }
}
