package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator types and reads. The commands get the settings of the database and no others.
final class PolicyCommandsTest {
  private static final String POLICY = "version: 1\nname: default\nstatic_rules: {a: ALLOW}\n";

  @TempDir Path folder;

  private DatabaseConfig database;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void prepare() {
    database = TestServices.freshDatabase();
  }

  @Test
  void policiesAreAppliedListedShownAndRolledBack() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yaml"), POLICY);
    assertThat(run("policy", "apply", file.toString(), "--note", "first"))
        .isEqualTo(new Ended(0, "default: version 1 is in force\n", ""));
    assertThat(run("policy", "apply", file.toString()).out())
        .isEqualTo("default: unchanged, version 1\n");
    Files.writeString(file, POLICY.replace("a:", "b:"));
    assertThat(run("policy", "apply", file.toString(), "--expect-version", "7"))
        .isEqualTo(new Ended(1, "", "`default` is at version 1\nnothing was applied\n"));
    assertThat(run("policy", "apply", file.toString(), "--expect-version", "1").code()).isZero();
    assertThat(run("policy", "list").out()).contains("default", "2");
    assertThat(run("policy", "list", "--json").out())
        .startsWith("[{\"name\":\"default\",\"version\":2,\"digest\":\"");
    assertThat(run("policy", "show", "default").out()).isEqualTo(POLICY.replace("a:", "b:"));
    assertThat(run("policy", "show", "default", "--version", "1").out()).isEqualTo(POLICY);
    assertThat(run("policy", "show", "default", "--version", "1", "--json").out())
        .contains("\"note\":\"first\"", "\"source\":\"version: 1\\nname: default\\n");
    assertThat(run("policy", "show", "default", "--versions", "--json").out())
        .contains("\"version\":2", "\"version\":1");
    assertThat(run("policy", "rollback", "default", "--to", "1").out())
        .isEqualTo("default: version 3 is in force\n");
    assertThat(run("policy", "show", "default").out()).isEqualTo(POLICY);
    assertThat(run("policy", "rollback", "default", "--to", "9").code()).isEqualTo(1);
    assertThat(run("policy", "show", "none").code()).isEqualTo(1);
  }

  @Test
  void aFileWithProblemsSaysThemAllAndStoresNothing() throws IOException {
    Path file =
        Files.writeString(folder.resolve("bad.yaml"), "version: 1\nstatic_rulez: {}\nx: 1\n");
    Ended ended = run("policy", "apply", file.toString());
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err().lines().filter(line -> line.startsWith(file + ":")))
        .hasSizeGreaterThan(2)
        .allMatch(line -> line.substring(file.toString().length()).matches(":\\d+:\\d+: .+"));
    assertThat(ended.err()).endsWith("nothing was applied\n");
    assertThat(run("policy", "list", "--json").out()).isEqualTo("[]\n");
  }

  @Test
  void aPolicyIsGivenToACustomerThatExists() throws IOException {
    Path file = Files.writeString(folder.resolve("p.yaml"), POLICY);
    Ended unknown = run("policy", "apply", file.toString(), "--customer", "acme");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("there is no customer `acme`");
    assertThat(run("keys", "create", "--customer", "acme").code()).isZero();
    assertThat(run("policy", "apply", file.toString(), "--customer", "acme").code()).isZero();
  }

  @Test
  void aWrongLineIsUsage() {
    assertThat(run("policy").code()).isEqualTo(2);
    assertThat(run("policy", "apply", folder.resolve("none").toString()).code()).isEqualTo(2);
    assertThat(run("policy", "rollback", "default").code()).isEqualTo(2);
    assertThat(run("policy", "show", "--help").out()).contains("Example: ");
  }

  private Ended run(String... line) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    PrintStream standardOut = System.out;
    PrintStream standardErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int code = InterceptorCommand.run(line, folder, settings());
      return new Ended(code, text(out), text(err));
    } finally {
      System.setOut(standardOut);
      System.setErr(standardErr);
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  private Map<String, String> settings() {
    return TestServices.environment(database);
  }
}
