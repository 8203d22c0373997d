package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PolicyFileShapesTest {
  private static final ToolRef READ = new ToolRef(new UpstreamName("demo"), new ToolName("read"));
  private static final String LIST_FILE =
      """
      customers:
        - {api_key: sk_live_4711, owner: Demo, mcp_upstream_url: "http://localhost:9000", policy_name: one}
      policies:
        - name: one
          static_rules: {read: ALLOW}
          taint_rules:
            - pattern: {type: sequence, max_distance: null, steps: [{tool: read}, {tool: read}]}
              action: BLOCK_SECOND
        - name: two
          semantics: strict
          static_rules: {"re*": ALLOW}
          taint_rules: []
      """;

  @Test
  void aListFileHoldsSeveralPoliciesInSentinelsMeaningUnlessTheySayOtherwise() {
    var parsed = parsed(LIST_FILE);
    assertThat(parsed.policies()).extracting(PolicySet::name).containsExactly("one", "two");
    assertThat(parsed.policies())
        .allSatisfy(policy -> assertThat(policy.mayEverPermit(READ)).isTrue());
  }

  @Test
  void customersAreCheckedAndWarnedAboutAndTheirKeysNeverRepeated() {
    assertThat(parsed(LIST_FILE).warnings())
        .anySatisfy(warning ->
            assertThat(warning.toString())
                .startsWith("policies.yaml:2:5: customers are not read")
                .contains("keys create"));
    String wrong =
        """
        customers:
          - {sk_live_4711: x, api_key: 4711, owner: sk_live_4711, policy_name: sk_live_4711}
          - sk_live_4711
        api_key: sk_live_4711
        policies: [{name: one, static_rules: {read: ALLOW}}]
        """;
    assertThat(rejected(wrong))
        .extracting(PolicyProblem::toString)
        .containsExactly(
            "policies.yaml:2:5: a customer needs `mcp_upstream_url`",
            "policies.yaml:2:6: a customer has api_key, owner, mcp_upstream_url, policy_name, each"
                + " once",
            "policies.yaml:2:32: `api_key` must be text; quote it",
            "policies.yaml:2:72: no policy of this file has the name that `policy_name` gives",
            "policies.yaml:3:5: a customer must be an object (`key: value`)")
        .noneMatch(problem -> problem.contains("4711"));
    assertThat(parsed(wrong.replaceAll("(?s)customers:.*(?=api_key: sk)", "")).warnings())
        .extracting(PolicyProblem::toString)
        .containsExactly(
            "policies.yaml:1:10: `api_key` is not read; keep keys out of policy files");
  }

  @Test
  void aProjectsRecordGivesItsPoliciesTheClassesOfItsTools() {
    var byName =
        parsed(
            """
            {"policies": {"name": "p", "staticRules": {"read": "ALLOW"}, "taintRules": []},
             "tools": {"read": {"description": "reads", "taintClass": "SENSITIVE_READ", "classes": ["X"],
                                "auto_classified": true, "args": {"path": {"type": "string"}}}}}
            """);
    assertThat(byName.only().classes(READ))
        .containsExactly(ToolClass.SENSITIVE_READ, new ToolClass("X"));
    var listed =
        parsed(
            """
            {"policies": [{"name": "p", "staticRules": {"read": "ALLOW"}, "tool_classes": {"read": ["OWN"]}}],
             "tools": [{"name": "read", "description": "", "inputSchema": {}, "taintClass": "X"}]}
            """);
    assertThat(listed.only().classes(READ)).containsExactly(new ToolClass("OWN"));
    assertThat(listed.warnings())
        .singleElement()
        .extracting(PolicyProblem::message)
        .asString()
        .contains("the classes given here count");
  }

  @Test
  void rowsOfTheDatabaseAndBothSpellingsMeanTheSame() {
    String snake =
        """
        [{"name": "p", "static_rules": {"read": "ALLOW"}, "taint_rules": [
          {"tool": null, "tool_class": "W", "action": "CHECK_TAINT", "tag": null, "error": null,
           "forbidden_tags": ["pii"], "pattern": null, "exceptions": null},
          {"action": "BLOCK_CURRENT", "tool_class": null, "pattern": {"type": "logic", "condition":
            {"AND": [{"session_has_class": "R"}, {"current_tool_class": "W"}]}}},
          {"action": "BLOCK_SECOND", "pattern": {"type": "sequence", "max_distance": 3,
            "steps": [{"class": "R"}, {"class": "W"}]}}]}]
        """;
    String camel =
        """
        [{"name": "p", "staticRules": {"read": "ALLOW"}, "taintRules": [
          {"type": "simple", "toolClass": "W", "action": "CHECK_TAINT", "forbiddenTags": ["pii"]},
          {"type": "pattern", "action": "BLOCK_CURRENT", "sourceTemplate": "t", "pattern": {"type": "logic",
            "condition": {"AND": [{"sessionHasClass": "R"}, {"currentToolClass": "W"}]}}},
          {"type": "pattern", "action": "BLOCK_SECOND", "pattern": {"type": "sequence", "maxDistance": 3,
            "steps": [{"class": "R"}, {"class": "W"}]}}]}]
        """;
    assertThat(parsed(snake).only().digest()).isEqualTo(parsed(camel).only().digest());
  }

  @Test
  void twoPoliciesOfOneFileDoNotShareAName() {
    assertThat(
            rejected(
                "policies: [{name: p, static_rules: {read: ALLOW}}, {name: p, static_rules: {read:"
                    + " DENY}}]"))
        .extracting(PolicyProblem::message)
        .containsExactly("the name `p` is taken; every policy has its own");
  }

  @Test
  void aFileThatHoldsNoPolicyIsRefused() {
    assertThat(rejected("[]")).hasSize(1);
    assertThat(rejected("policies: []")).hasSize(1);
    assertThat(rejected("customers: []"))
        .extracting(PolicyProblem::message)
        .contains("the file needs `policies`");
    assertThat(rejected("policies: 7")).hasSize(1);
  }

  private static PolicyParser.Result.Parsed parsed(String text) {
    var result = PolicyParser.parse(text, "policies.yaml");
    assertThat(result).isInstanceOf(PolicyParser.Result.Parsed.class);
    return (PolicyParser.Result.Parsed) result;
  }

  private static List<PolicyProblem> rejected(String text) {
    var result = PolicyParser.parse(text, "policies.yaml");
    assertThat(result).isInstanceOf(PolicyParser.Result.Rejected.class);
    return ((PolicyParser.Result.Rejected) result).problems();
  }
}
