package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// An author's commands: lint, test, explain.
class PolicyToolsTest {
  private static final String POLICY =
      """
      name: support
      static_rules: {read_customer: ALLOW, send_email: ALLOW}
      taint_rules:
        - {id: crm, tool: read_customer, action: ADD_TAINT, tag: pii}
        - {id: closed, tool: send_email, action: CHECK_TAINT, forbidden_tags: [pii], error: no mail}
        - {id: short, tool: send_email, action: BLOCK, when: 'args.subject.size() > 9'}
      """;

  @TempDir Path folder;
  private Path policy;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void writeThePolicy() throws IOException {
    policy = written("support.yaml", POLICY);
  }

  private Path written(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Ended run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine line = PolicyCommand.line(new Surroundings(folder, Map.of()));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    line.getSubcommands()
        .values()
        .forEach(command ->
            command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)));
    int code = line.execute(arguments);
    return new Ended(code, out.toString().replace(folder + "/", ""), err.toString());
  }

  @Test
  void lintSaysWhereAndFailsOnErrorsOnly() throws IOException {
    assertThat(run("lint", policy.toString()))
        .isEqualTo(new Ended(0, "1 file: 0 errors, 0 warnings\n", ""));
    Path doubtful = written("doubtful.yaml", POLICY.replace("[pii]", "[pi]"));
    assertThat(run("lint", doubtful.toString()).out())
        .contains(
            "doubtful.yaml:5:74: warning: nothing adds the tag `pi`; did you mean `pii`?"
                + " [tag-never-added]")
        .endsWith("1 file: 0 errors, 2 warnings\n");
    assertThat(run("lint", doubtful.toString()).code()).isZero();
    assertThat(run("lint", "--strict", doubtful.toString()).code()).isEqualTo(1);
    Path broken = written("broken.yaml", POLICY.replace("static_rules", "static_rule"));
    Ended refused = run("lint", "--json", broken.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out())
        .contains("\"line\":2,\"column\":1,\"severity\":\"error\",\"code\":\"invalid\"");
  }

  @Test
  void lintKnowsTheArgumentsOfAToolsList() throws IOException {
    Path tools =
        written(
            "tools.json",
            "{\"tools\": [{\"name\": \"send_email\", \"inputSchema\": {\"type\": \"object\","
                + " \"properties\": {\"to\": {\"type\": \"string\"}}}}]}");
    assertThat(run("lint", "--tools", tools.toString(), policy.toString()).out())
        .contains("`send_email` has no argument `subject` [unknown-argument]");
    assertThat(run("lint", "--tools", policy.toString(), policy.toString()).code()).isEqualTo(2);
  }

  @Test
  void testSaysWhatWasWantedAndWhatCame() throws IOException {
    Path good =
        written(
            "good.yaml",
            """
            description: mail is closed after customer data
            policy_file: support.yaml
            steps:
              - {call: read_customer, want: {permit: [static, crm], add: [pii]}}
              - {call: send_email, args: {subject: hi}, want: {deny: TAINTED, by: [closed], message: no mail}}
            """);
    Ended passed = run("test", good.toString());
    assertThat(passed.code()).isZero();
    assertThat(passed.out())
        .isEqualTo(
            """
            ✓ good.yaml: mail is closed after customer data (2 steps)
            1 suite, 2 steps: all decide as written
            """);
    Path bad = written("bad.yaml", Files.readString(good).replace("add: [pii]", "add: [pi]"));
    Ended failed = run("test", bad.toString());
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out())
        .contains("    bad.yaml:4:5: read_customer\n")
        .contains("      wanted {permit: [static, crm], add: [pi]}\n")
        .contains("      got    {permit: [static, crm], add: [pii]}\n");
    Path broken = written("broken.yaml", "description: no steps\npolicy_file: support.yaml\n");
    assertThat(run("test", broken.toString()).out())
        .contains("✗ broken.yaml: cannot be run\n    broken.yaml:1:1: a suite needs `steps`\n");
    assertThat(run("test", "--json", folder.toString()).code()).isEqualTo(1);
    assertThat(run("test", folder.resolve("nowhere").toString()).code()).isEqualTo(2);
  }

  @Test
  void explainNamesEveryRuleAndWhy() throws IOException {
    Path session = written("session.yaml", "calls: [read_customer]\n");
    Ended denied =
        run(
            "explain",
            policy.toString(),
            "--session",
            session.toString(),
            "--call",
            "{\"tool_name\": \"send_email\", \"args\": {}}");
    assertThat(denied.code()).isEqualTo(1);
    assertThat(denied.out())
        .startsWith("DENIED TAINTED by [closed, short]\n  \"no mail\"\n")
        .contains("  ✓ send_email: ALLOW  (decides)\n")
        .contains("  · crm  (ADD_TAINT pii, tool read_customer): about other calls\n")
        .contains("  ✗ closed  (CHECK_TAINT forbidden [pii], tool send_email): denies\n")
        .contains("      the session carries [pii]\n")
        .contains("cannot be evaluated, which denies\n      fault: args.subject.size() > 9  (");
    Ended permitted =
        run(
            "explain",
            policy.toString(),
            "--json",
            "--call",
            "{\"tool_name\": \"send_email\", \"args\": {\"subject\": \"hi\"}}");
    assertThat(permitted.code()).isZero();
    assertThat(permitted.out())
        .contains("\"decision\":{\"permitted\":true,\"by\":[\"static\"],\"add\":[],\"remove\":[]}")
        .contains("\"id\":\"closed\"")
        .contains("\"verdict\":\"TAGS_ABSENT\"");
    assertThat(run("explain", policy.toString(), "--call", "send_email").code()).isEqualTo(2);
    assertThat(run("explain", "--call", "{\"tool_name\": \"send_email\"}").err())
        .contains("give a policy FILE, or --session ID and --customer ID");
  }
}
