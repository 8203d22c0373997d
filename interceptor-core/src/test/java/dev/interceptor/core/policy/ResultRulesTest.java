package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ResultRulesTest {
  private static final String POLICY =
      """
      name: story
      tool_classes: {read_mail: [UNTRUSTED_READ]}
      static_rules: {read_mail: ALLOW, list: ALLOW}
      result_rules:
        - {tool_class: UNTRUSTED_READ, action: ADD_TAINT, tag: suspicious, detect: [injection]}
        - {id: clean, tool: "*", action: REDACT, detect: [pii, secrets]}
        - {id: shut, tool: read_mail, action: BLOCK, error: no mail today}
      """;

  private static PolicySet parsed(String text) {
    return ((PolicyParser.Result.Parsed) PolicyParser.parse(text, "story.yaml")).only();
  }

  private static ToolRef tool(String name) {
    return new ToolRef(new UpstreamName("demo"), new ToolName(name));
  }

  @Test
  void aPlanHasTheRulesThatMatchItsToolInFileOrder() {
    PolicySet policies = parsed(POLICY);
    assertThat(policies.plan(tool("read_mail")).resultRules())
        .extracting(rule -> rule.id().value())
        .containsExactly("result-1", "clean", "shut");
    assertThat(policies.plan(tool("list")).resultRules())
        .extracting(rule -> rule.id().value())
        .containsExactly("clean");
  }

  @Test
  void everyPartOfARuleIsRead() {
    List<ResultRule> rules = parsed(POLICY).plan(tool("read_mail")).resultRules();
    assertThat(rules.get(0).action()).isEqualTo(new ResultAction.AddTaint(new Label("suspicious")));
    assertThat(rules.get(1).action()).isEqualTo(new ResultAction.Redact());
    assertThat(rules.get(1).detections()).containsExactly(Detection.SECRETS, Detection.PII);
    assertThat(rules.get(2).error()).isEqualTo(Optional.of("no mail today"));
  }

  @Test
  void aRuleWithoutDetectHoldsForEveryResult() {
    List<ResultRule> rules = parsed(POLICY).plan(tool("read_mail")).resultRules();
    assertThat(rules.get(2).holds(Set.of())).isTrue();
    assertThat(rules.get(0).holds(Set.of())).isFalse();
    assertThat(rules.get(0).holds(EnumSet.of(Detection.PII))).isFalse();
    assertThat(rules.get(0).holds(EnumSet.of(Detection.INJECTION))).isTrue();
  }

  @Test
  void everyPartOfAResultRuleIsPartOfTheDigest() {
    assertThat(
            List.of(
                    POLICY,
                    POLICY.replace("injection", "pii"),
                    POLICY.replace("suspicious", "other"),
                    POLICY.replace("clean", "cleaned"),
                    POLICY.replace("no mail today", "no"),
                    POLICY.replace("tool: \"*\"", "tool: list"),
                    POLICY.replace(
                        "action: BLOCK, error: no mail today", "action: REDACT, detect: [pii]"))
                .stream()
                .map(text -> parsed(text).digestHex()))
        .doesNotHaveDuplicates();
    assertThat(parsed(POLICY.replace("[pii, secrets]", "[secrets, pii, pii]")).digestHex())
        .isEqualTo(parsed(POLICY).digestHex());
  }

  @Test
  void anEmptyListIsNoList() {
    String without = POLICY.substring(0, POLICY.indexOf("result_rules"));
    assertThat(parsed(without + "result_rules: []").digestHex())
        .isEqualTo(parsed(without).digestHex());
  }
}
