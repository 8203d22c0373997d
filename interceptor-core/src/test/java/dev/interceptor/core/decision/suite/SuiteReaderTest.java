package dev.interceptor.core.decision.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.policy.PolicyProblem;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SuiteReaderTest {
  private static List<String> problems(String text) {
    return switch (SuiteReader.read(text, "story.yaml", path -> Optional.empty())) {
      case SuiteReader.Result.Read read -> List.of();
      case SuiteReader.Result.Rejected rejected ->
          rejected.problems().stream().map(PolicyProblem::toString).toList();
    };
  }

  private static SuiteRun run(String text) {
    return SuiteRun.of(
        ((SuiteReader.Result.Read) SuiteReader.read(text, "story.yaml", path -> Optional.empty()))
            .suite());
  }

  @Test
  void everyProblemOfASuiteHasItsPlace() {
    assertThat(
            problems(
                """
                descripton: a story
                policy_file: nowhere.yaml
                steps:
                  - {call: send, arguments: {to: bob}, want: {permit: [static]}}
                  - {call: send mail, args: [bob], want: {deny: TAINTD}}
                  - {session: s-2, want: {permit: [static], by: [a]}}
                  - {call: send, at: noon, outcome: broken, approved: "yes", want: {permit: [], deny: TAINTED}}
                  - {call: send, customer: ACME, key: alice}
                """))
        .containsExactly(
            "story.yaml:1:1: a suite needs `description`",
            "story.yaml:1:1: unknown key `descripton` in a suite; did you mean `description`?",
            "story.yaml:2:14: `policy_file` `nowhere.yaml` cannot be read; write its path as seen"
                + " from this file",
            "story.yaml:4:18: unknown key `arguments` in a step",
            "story.yaml:5:12: `call` `send mail`: tool name is not 1-128 of A-Z a-z 0-9 _ . / -",
            "story.yaml:5:29: `args` must be an object (`{to: bob@acme.example}`)",
            "story.yaml:5:49: unknown reason `TAINTD`; write one of TOOL_NOT_LISTED, TOOL_DENIED,"
                + " TAINTED, RULE_BLOCKED, SEQUENCE_BLOCKED, LIMIT_EXCEEDED, APPROVAL_REQUIRED,"
                + " RESULT_BLOCKED, TOOL_CHANGED, TOOL_UNKNOWN, ARGUMENTS_INVALID,"
                + " EVALUATION_FAULT; did you mean `TAINTED`?",
            "story.yaml:6:5: a call needs `call`, the tool's name",
            "story.yaml:6:49: `by` has no meaning beside `permit`; remove it",
            "story.yaml:7:22: `at` `noon`: write a moment in UTC, as in 2026-11-23T12:00:00Z",
            "story.yaml:7:37: `outcome` is `completed` (also without the key) or `failed`",
            "story.yaml:7:55: `approved` must be `true` or `false`",
            "story.yaml:7:68: `want` needs exactly one of `permit: [static]`, with the rules that"
                + " matter, and `deny: TAINTED`, with the reason",
            "story.yaml:8:5: a step needs `want`, as in `want: {permit: [static]}` or `{deny:"
                + " TAINTED}`",
            "story.yaml:8:28: `customer` `ACME`: customer id is not 1-64 of a-z 0-9 - _",
            "story.yaml:8:39: `key` `alice`: key id is not 8 of a-z 0-9");
  }

  @Test
  void aProblemOfThePolicyHasItsPlaceInTheSuite() {
    assertThat(
            problems(
                """
                description: a story
                policy: |
                  name: story
                  static_rules: {send: allow}
                steps:
                  - {call: send, want: {permit: [static]}}
                """))
        .containsExactly(
            "story.yaml:4:24: a static rule is `ALLOW`, `DENY` or `REQUIRE_APPROVAL`, in capitals;"
                + " did you mean `ALLOW`?");
    assertThat(
            problems(
                """
                description: a story
                policy: "{name: story, static_rules: {send: allow}}"
                steps: [{call: send, want: {permit: [static]}}]
                """))
        .containsExactly(
            "story.yaml:2:45: a static rule is `ALLOW`, `DENY` or `REQUIRE_APPROVAL`, in capitals;"
                + " did you mean `ALLOW`?");
  }

  @Test
  void aSuiteNeedsOnePolicy() {
    assertThat(problems("{description: a, steps: [{call: a, want: {permit: []}}]}"))
        .containsExactly(
            "story.yaml:1:1: a suite needs exactly one of `policy: |` with the policy's text and"
                + " `policy_file: ../name.yaml`");
  }

  @Test
  void aDecisionThatDiffersInAnyPartIsAFailure() {
    SuiteRun run =
        run(
            """
            description: a story
            policy: |
              name: story
              static_rules: {read: ALLOW, send: ALLOW}
              taint_rules:
                - {id: r, tool: read, action: ADD_TAINT, tag: pii}
                - {id: s, tool: send, action: CHECK_TAINT, forbidden_tags: [pii], error: no}
            steps:
              - {call: read, want: {permit: [static], add: [pii]}}
              - {call: read, want: {permit: [static, r]}}
              - {call: read, want: {permit: [static, r], add: [pii], remove: [pii]}}
              - {call: read, want: {permit: [static, r], add: [pii]}}
              - {call: send, want: {permit: [static]}}
              - {call: send, want: {deny: RULE_BLOCKED, by: [s], message: no}}
              - {call: send, want: {deny: TAINTED, message: no}}
              - {call: send, want: {deny: TAINTED, by: [s]}}
              - {call: send, want: {deny: TAINTED, by: [s], message: no}}
            """);
    assertThat(run.steps().stream().map(SuiteRun.Decided::isAsWanted))
        .containsExactly(false, false, false, true, false, false, false, false, true);
    assertThat(run.failures().getFirst().step().asked().place())
        .isEqualTo(new AskedCall.Place(9, 5));
  }

  @Test
  void periodsAreCountedForTheCustomerAndApprovalsCount() {
    SuiteRun run =
        run(
            """
            description: a story
            policy: |
              name: story
              static_rules: {send: ALLOW, wire: REQUIRE_APPROVAL}
              limits: [{id: two, tool: send, max_calls: 2, per: hour}]
            steps:
              - {call: send, session: a, at: "2026-11-23T12:00:00Z", want: {permit: [static]}}
              - {call: send, session: b, at: "2026-11-23T12:59:59Z", want: {permit: [static]}}
              - {call: send, session: c, at: "2026-11-23T12:59:59Z", want: {deny: LIMIT_EXCEEDED, by: [two]}}
              - {call: send, session: c, customer: globex, want: {permit: [static]}}
              - {call: send, session: c, at: "2026-11-23T13:00:00Z", want: {permit: [static]}}
              - {call: wire, want: {deny: APPROVAL_REQUIRED, by: [static]}}
              - {call: wire, approved: true, want: {permit: [static]}}
            """);
    assertThat(run.failures()).isEmpty();
  }
}
