package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.suite.SuiteFiles;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.InputSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("StringConcatToTextBlock") // the parts of a policy differ, its lines are short
final class PolicyLintTest {
  /// @param bad has the finding, and no other one
  /// @param found `line:column: message`
  /// @param good has no finding at all
  record Case(LintCode code, String bad, String found, String good) {
    @Override
    public String toString() {
      return code.word();
    }
  }

  private static final String TOP = "name: p\nstatic_rules: {read: ALLOW, send: ALLOW, rm: DENY}\n";

  /// From the third line on.
  private static Case rules(LintCode code, String bad, String found, String good) {
    return new Case(code, TOP + bad, found, TOP + good);
  }

  static Stream<Case> cases() {
    String adds = "taint_rules:\n  - {tool: read, action: ADD_TAINT, tag: pii}\n";
    String checks = "  - {tool: send, action: CHECK_TAINT, forbidden_tags: [pii]}\n";
    return Stream.of(
        rules(
            LintCode.INVALID,
            "taint_rule: []\n",
            "3:1: unknown key `taint_rule` in the policy; did you mean `taint_rules`?",
            "taint_rules: []\n"),
        rules(
            LintCode.TAG_NEVER_ADDED,
            adds + "  - {tool: send, action: CHECK_TAINT, forbidden_tags: [pii, pi]}\n",
            "5:61: nothing adds the tag `pi`; did you mean `pii`?",
            adds + checks),
        rules(
            LintCode.TAG_NEVER_CHECKED,
            "result_rules: [{tool: read, action: ADD_TAINT, tag: pii}]\n",
            "3:53: nothing looks at the tag `pii`",
            adds + "  - {tool: send, action: BLOCK, when: '\"pii\" in session.taints'}\n"),
        rules(
            LintCode.CLASS_WITHOUT_TOOLS,
            "tool_classes: {send: [SAFE_WRITE]}\n"
                + "taint_rules: [{toolClass: SAFE_WRITES, action: BLOCK}]\n",
            "4:27: no tool has the class `SAFE_WRITES`; did you mean `SAFE_WRITE`?",
            "tool_classes: {send: [SAFE_WRITE]}\n"
                + "taint_rules: [{toolClass: SAFE_WRITE, action: BLOCK}]\n"),
        rules(
            LintCode.CLASS_NEVER_USED,
            "tool_classes: {send: [SAFE_WRITE], read: [SAFE_READ, INTERNAL]}\n",
            "3:54: no rule names the class `INTERNAL`",
            "tool_classes: {read: [INTERNAL]}\n"
                + "limits: [{tool_class: INTERNAL, max_calls: 3, per: day}]\n"),
        rules(
            LintCode.TOOL_NOT_PERMITTED,
            "taint_rules: [{tool: rm, action: BLOCK, when: 'args.all == true'}]\n",
            "3:22: the static rules never permit `rm`, so this never matters",
            "taint_rules: [{tool: '*', action: BLOCK, when: 'args.all == true'}]\n"),
        rules(
            LintCode.LIMIT_NEVER_APPLIES,
            "limits: [{tool: 'wire_*', max_calls: 3, per: day}]\n",
            "3:17: the static rules never permit `wire_*`, so this never matters",
            "limits: [{max_calls: 3, per: day}, {tool: 's*', max_calls: 3, per: day}]\n"),
        rules(
            LintCode.RULE_SHADOWED,
            "taint_rules:\n  - {id: never, tool: 's*', action: BLOCK}\n"
                + "  - {tool: send, action: BLOCK, when: 'args.all == true'}\n",
            "5:5: this rule never matters: `never` denies all of these calls",
            "taint_rules:\n  - {id: never, tool: 's*', action: BLOCK, when: 'args.n > 1'}\n"
                + "  - {tool: send, action: BLOCK, when: 'args.all == true'}\n"),
        rules(
            LintCode.RULE_SHADOWED,
            adds + checks + "  - {tool: 'r*', action: ADD_TAINT, tag: pii}\n",
            "4:5: this rule does what `rule-3` does already",
            adds
                + checks
                + "  - {tool: 's*', action: ADD_TAINT, tag: other}\n"
                + "  - {tool: read, action: BLOCK, when: {session_has_taint: other}}\n"),
        rules(
            LintCode.RULE_SHADOWED,
            "taint_rules:\n  - {tool: send, action: BLOCK, when: 'args.all == true'}\n"
                + "  - {tool: send, action: BLOCK, when: 'args.all == true', error: no}\n",
            "5:5: this rule says the same as `rule-1`",
            "taint_rules:\n  - {tool: send, action: BLOCK, when: 'args.all == true'}\n"
                + "  - {tool: send, action: BLOCK, when: 'args.any == true', error: no}\n"),
        rules(
            LintCode.EXCEPTION_NEVER_APPLIES,
            "taint_rules:\n  - {tool: send, action: BLOCK, exceptions: [{when: {current_tool: read}}]}\n",
            "4:53: this exception never applies: the rule is about `send` only",
            "taint_rules:\n  - {tool: '*', action: BLOCK, exceptions: [{when: {current_tool: read}}]}\n"),
        rules(
            LintCode.CONDITION_NEVER_TRUE,
            "taint_rules:\n  - tool: send\n    action: BLOCK\n"
                + "    pattern: {type: logic, condition: {AND: [{session_has_tool: rm}]}}\n",
            "6:14: this never holds: the static rules never permit `rm`",
            "taint_rules:\n  - tool: send\n    action: BLOCK\n"
                + "    pattern: {type: logic, condition: {AND: [{session_has_tool: read}]}}\n"),
        rules(
            LintCode.CONSTANT_CONDITION,
            "taint_rules: [{tool: send, action: BLOCK, when: '1 > 2'}]\n",
            "3:49: `1 > 2` looks at nothing and is the same for every call",
            "taint_rules: [{tool: send, action: BLOCK, when: 'args.n > 2'}]\n"),
        rules(
            LintCode.IMPOSSIBLE_SEQUENCE,
            "taint_rules:\n  - tool: send\n    action: BLOCK\n"
                + "    pattern: {type: sequence, steps: [{tool: rm}, {tool: send}]}\n",
            "6:39: no permitted call is a tool rm, so the sequence never happens",
            "taint_rules:\n  - tool: send\n    action: BLOCK\n"
                + "    pattern: {type: sequence, steps: [{tool: read}, {tool: send}]}\n"),
        rules(
            LintCode.UNKNOWN_ARGUMENT,
            "taint_rules: [{tool: send, action: BLOCK, when: 'args.subject.size() > 9'}]\n",
            "3:49: `send` has no argument `subject`",
            "taint_rules: [{tool: send, action: BLOCK, when: 'args.to.size() > 9'}]\n"),
        rules(
            LintCode.UNKNOWN_ARGUMENT,
            "limits: [{tool: send, sum: args.amount, max: 5, per: day}]\n",
            "3:28: `send` has no argument `amount`",
            "limits: [{tool: send, sum: args.size, max: 5, per: day}]\n"),
        rules(
            LintCode.SOURCE_AND_SINK,
            adds + "  - {tool: '*', action: CHECK_TAINT, required_tags: [pii]}\n",
            "5:53: `read` adds `pii` and is closed by it: after one call no other one is permitted"
                + " in the session",
            adds + checks),
        rules(
            LintCode.SANITIZER_WITHOUT_APPROVAL,
            adds + checks + "  - {tool: send, action: REMOVE_TAINT, tag: pii}\n",
            "6:26: whoever makes this call removes a tag, and no person is asked first",
            adds
                + checks
                + "  - {tool: send, action: REMOVE_TAINT, tag: pii}\n"
                + "  - {tool: send, action: REQUIRE_APPROVAL}\n"),
        new Case(
            LintCode.ALLOW_EVERYTHING,
            "name: p\nstatic_rules:\n  \"*\": ALLOW\n",
            "3:3: `*: ALLOW` permits every tool of every upstream, also those to come",
            "name: p\nstatic_rules:\n  \"*\": REQUIRE_APPROVAL\n"));
  }

  private static final String SEND =
      "{\"type\": \"object\", \"properties\": {\"to\": {\"type\": \"string\"}, \"n\": {}, \"all\": {},"
          + " \"any\": {}, \"size\": {\"type\": \"number\"}}}";

  private static Optional<InputSchema> schema(String tool) {
    try {
      return tool.equals("send")
          ? Optional.of(
              InputSchema.of(
                  StrictJson.parseObject(
                      SEND.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)))
          : Optional.empty();
    } catch (MalformedJsonException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> found(String text) {
    return PolicyLint.lint(text, "p", PolicyLintTest::schema).stream()
        .map(finding -> finding.code().word() + " " + finding.problem().toString().substring(2))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyCodeIsFoundWhereItShouldBeAndNowhereElse(Case example) {
    assertThat(found(example.bad())).containsExactly(example.code().word() + " " + example.found());
    assertThat(found(example.good())).isEmpty();
  }

  /// The findings of shipped policies that are meant so.
  private static final Map<String, String> JUSTIFIED =
      Map.of(
          "demo.yaml", "sanitizer-without-approval", // redacted text is clean in that world
          "lilith-gh-copilot-trifecta.yaml", "source-and-sink"); // as the ancestor ships it

  @Test
  void shippedPoliciesHaveNoFindingThatIsNotJustified() {
    List<String> unjustified = new ArrayList<>();
    for (Path file : SuiteFiles.files(SuiteFiles.policies())) {
      if (file.startsWith(SuiteFiles.policies().resolve("tests"))
          || file.startsWith(SuiteFiles.policies().resolve("schema"))) {
        continue;
      }
      for (LintFinding finding :
          PolicyLint.lint(SuiteFiles.text(file), SuiteFiles.name(file), ToolSchemas.UNKNOWN)) {
        String code = finding.code().word();
        if (!code.equals(JUSTIFIED.get(SuiteFiles.name(file)))) {
          unjustified.add(finding.problem() + " [" + code + "]");
        }
      }
    }
    assertThat(unjustified).isEmpty();
  }

  /// Warnings of the parser are about the ancestors' texts; their cases are in `tests/lineage`.
  @Test
  void everyCodeHasAnExample() {
    Set<LintCode> shown =
        cases()
            .map(Case::code)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(LintCode.class)));
    assertThat(EnumSet.complementOf(EnumSet.copyOf(shown))).containsExactly(LintCode.MEANING);
  }

  @Test
  void everyCodeHasAWordOfItsOwn() {
    Set<String> words = new TreeSet<>();
    for (LintCode code : LintCode.values()) {
      assertThat(LintCode.of(code.word())).contains(code);
      words.add(code.word());
    }
    assertThat(words).hasSameSizeAs(Arrays.asList(LintCode.values()));
  }

  @Test
  void namesOverlapIfSomeToolHasBoth() {
    assertThat(NameOverlap.overlap(NamePattern.of("send_*"), NamePattern.of("*_mail"))).isTrue();
    assertThat(NameOverlap.overlap(NamePattern.of("send_*"), NamePattern.of("read_*"))).isFalse();
    assertThat(NameOverlap.overlap(NamePattern.of("mail__send"), NamePattern.of("send"))).isTrue();
    assertThat(NameOverlap.overlap(NamePattern.of("mail__*"), NamePattern.of("web__*"))).isFalse();
    assertThat(NameOverlap.overlap(NamePattern.of("*a*"), NamePattern.of("b"))).isFalse();
    assertThat(NameOverlap.covers(NamePattern.of("s*"), NamePattern.of("mail__send"))).isTrue();
    assertThat(NameOverlap.covers(NamePattern.of("mail__s*"), NamePattern.of("send"))).isFalse();
    assertThat(
            NameOverlap.overlap(
                NamePattern.of("*a".repeat(96)), NamePattern.of("a".repeat(95) + "b")))
        .isFalse();
  }
}
