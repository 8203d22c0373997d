package dev.interceptor.core.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.policy.RuleReading;
import dev.interceptor.core.policy.StaticEntry;
import dev.interceptor.core.policy.StaticVerdict;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ExplanationTest {
  private static final String POLICY =
      """
      name: story
      tool_classes: {send: [W]}
      static_rules: {send: ALLOW, "s*": DENY, "demo__*": REQUIRE_APPROVAL, rm: DENY}
      taint_rules:
        - {id: other, tool: pay, action: BLOCK}
        - {id: tags, tool: send, action: CHECK_TAINT, forbidden_tags: [pii]}
        - {id: false, tool_class: W, action: BLOCK, when: 'args.size > 10'}
        - id: exempted
          tool: send
          action: BLOCK
          when: {AND: ['args.size > 0', {session_has_taint: pii}, {NOT: {session_has_taint: pii}}]}
        - id: spared
          tool: send
          action: BLOCK
          exceptions: [{when: {tool_args_match: {to: "*@acme.example"}}, reason: a colleague}]
        - {id: faulty, tool: send, action: BLOCK, when: 'args.missing == 1'}
        - {id: asks, tool: send, action: REQUIRE_APPROVAL}
        - {id: adds, tool: send, action: ADD_TAINT, tag: sent}
        - id: sequence
          tool: send
          action: BLOCK
          pattern: {type: sequence, steps: [{tool: read}, {tool: send}], max_distance: 3}
      limits:
        - {id: total, tool: send, sum: args.size, max: 5, per: session}
        - {id: hourly, tool: send, max_calls: 3, per: hour}
        - {id: unread, tool: pay, max_calls: 3, per: hour}
      """
          .replace("id: false", "id: untrue");

  private static Explanation explained(String tool, String arguments)
      throws MalformedJsonException {
    PolicySet policies = Policies.parsed(POLICY, "story");
    Instant noon = Instant.parse("2026-11-23T12:00:00Z");
    var ref = new ToolRef(new UpstreamName("demo"), new ToolName(tool));
    var request =
        new DecisionRequest(
            new Principal(new CustomerId("acme"), new ApiKeyId("alice001")),
            new SessionId("s"),
            new ToolCall(
                ref,
                Arguments.of(
                    StrictJson.parseObject(
                        arguments.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT))),
            new CallContext(noon, Optional.empty()));
    List<String> counters = policies.plan(ref).countersRead(noon);
    Usage usage = counters.isEmpty() ? Usage.NOT_READ : Usage.of(Map.of(counters.getFirst(), 3L));
    return Explanation.of(request, policies, SessionState.NEW, usage);
  }

  @Test
  void everyRuleHasItsVerdict() throws MalformedJsonException {
    Explanation explained = explained("send", "{\"size\": 7, \"to\": \"bob@acme.example\"}");
    assertThat(explained.rules())
        .extracting(rule -> rule.id() + " " + rule.verdict())
        .containsExactly(
            "other OTHER_CALLS",
            "tags TAGS_ABSENT",
            "untrue CONDITION_FALSE",
            "exempted CONDITION_FALSE",
            "spared EXEMPTED",
            "faulty FAULT",
            "asks NEEDS_APPROVAL",
            "adds ADDS_TAG",
            "sequence CONDITION_FALSE");
    RuleReading joined = explained.rules().get(3);
    assertThat(joined.condition().orElseThrow().parts())
        .extracting(part -> part.text() + " " + part.truth())
        .containsExactly(
            "args.size > 0 TRUE",
            "session_has_taint: pii FALSE",
            "NOT session_has_taint: pii TRUE");
    assertThat(explained.rules().get(5).condition().orElseThrow().why().orElseThrow())
        .contains("missing");
    assertThat(explained.rules().get(4).exceptions().getFirst().reason()).contains("a colleague");
    assertThat(explained.rules().get(8).condition().orElseThrow().why().orElseThrow())
        .isEqualTo("steps taken by earlier calls: 0 of 2; this call can be the last one");
    assertThat(explained.decision().determining())
        .extracting(RuleId::value)
        .containsExactly("total", "hourly", "faulty");
  }

  @Test
  void everyLimitHasItsAccount() throws MalformedJsonException {
    assertThat(explained("send", "{\"size\": 7}").limits())
        .extracting(
            limit -> limit.limit().id().value(),
            LimitReading::applies,
            LimitReading::amount,
            LimitReading::used,
            LimitReading::refusal)
        .containsExactly(
            tuple(
                "total",
                true,
                OptionalLong.of(7_000_000),
                0L,
                Optional.of(ReasonCode.LIMIT_EXCEEDED)),
            tuple("hourly", true, OptionalLong.of(1), 3L, Optional.of(ReasonCode.LIMIT_EXCEEDED)),
            tuple("unread", false, OptionalLong.empty(), 0L, Optional.empty()));
  }

  @Test
  void everyStaticRuleThatCoversTheToolIsListedTheDecidingOneFirst() throws MalformedJsonException {
    assertThat(explained("send", "{}").entries())
        .containsExactly(
            new StaticEntry("send", StaticVerdict.ALLOW, true),
            new StaticEntry("demo__*", StaticVerdict.REQUIRE_APPROVAL, false),
            new StaticEntry("s*", StaticVerdict.DENY, false));
    Explanation denied = explained("rm", "{}");
    assertThat(denied.entries())
        .containsExactly(
            new StaticEntry("rm", StaticVerdict.DENY, true),
            new StaticEntry("demo__*", StaticVerdict.REQUIRE_APPROVAL, false));
    assertThat(denied.rules()).isEmpty();
  }
}
