package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `tools` on a real database: what it prints and its exit codes. SPEC §2.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ToolsCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  private final DatabaseConfig config = TestServices.freshDatabase();
  private Database database;
  private PinStore pins;

  private record Ended(int code, String out, String err) {}

  @BeforeAll
  void open() {
    database = Database.open(config);
    pins = PinStore.postgres(database.pool(), InstantSource.system());
  }

  @AfterAll
  void close() {
    database.close();
  }

  private Ended run(String... arguments) {
    return run(Map.of(), arguments);
  }

  private Ended run(Map<String, String> more, String... arguments) {
    var environment = new HashMap<>(TestServices.environment(config));
    environment.putAll(more);
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine line =
        ToolsCommand.line(new Surroundings(folder, environment))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler((_, _, _) -> InterceptorCommand.UNKNOWN);
    return new Ended(line.execute(arguments), out.toString(), err.toString());
  }

  private ToolDefinition see(String upstream, Pinning how, String description) throws IOException {
    ObjectNode node = JSON.createObjectNode().put("name", "a/b").put("description", description);
    var tool = new ToolDefinition(new ToolName("a/b"), node);
    pins.see(new UpstreamName(upstream), how, List.of(tool));
    return tool;
  }

  @Test
  void aPersonSeesTheDifferenceAndApprovesIt() throws IOException {
    see("mail", Pinning.FIRST_SIGHT, "sends");
    assertThat(run("list").out()).containsPattern("pinned +mail__a/b .* first sight");
    ToolDefinition changed = see("mail", Pinning.FIRST_SIGHT, "sends\u202e twice");
    assertThat(run("list", "--blocked").out()).containsPattern("changed +mail__a/b");
    Ended shown = run("show", "mail__a/b");
    assertThat(shown.out())
        .contains("/description: \"sends\" → \"sends\\u{202e} twice\"")
        .contains("to approve it: ./interceptor tools approve mail__a/b " + changed.digest())
        .doesNotContain("\u202e");
    assertThat(run("show", "mail__a/b", "--json").out())
        .contains("\"pointer\":\"/description\"")
        .doesNotContain("\u202e");
    Ended refused = run("approve", "mail__a/b", "0".repeat(64));
    assertThat(refused.code()).isEqualTo(InterceptorCommand.NO);
    assertThat(refused.err()).contains(changed.digest().hex());
    Ended done = run("approve", "mail__a/b", changed.digest().hex(), "--by", "Ada");
    assertThat(done.code()).isZero();
    assertThat(done.out()).isEqualTo("approved mail__a/b " + changed.digest() + "\n");
    assertThat(run("approve", "mail__a/b", changed.digest().hex()).out()).contains("before");
    assertThat(run("list", "--blocked").out()).doesNotContain("mail__a/b");
    assertThat(run("list", "--json").out()).contains("\"by\":\"Ada (cli ");
    assertThat(run("show", "mail__a/b").out()).contains("before ").contains("by first sight");
    assertThat(pins.history(new ToolRef(new UpstreamName("mail"), new ToolName("a/b")))).hasSize(2);
  }

  @Test
  void howAToolStandsDependsOnItsUpstreamsSetting() throws IOException {
    ToolDefinition tool = see("bank", Pinning.FIRST_SIGHT, "wires");
    Path file =
        Files.writeString(
            folder.resolve("careful.yaml"), "upstreams: {bank: {pinning: operator}}\n");
    assertThat(run("list").out()).containsPattern("pinned +bank__a/b");
    assertThat(run("list", "--config", file.toString()).out())
        .containsPattern("awaiting +bank__a/b");
    assertThat(run("show", "bank__a/b", "--config", file.toString()).out())
        .contains("tools approve bank__a/b " + tool.digest());
    assertThat(run("approve", "bank__a/b", tool.digest().hex()).code()).isZero();
    assertThat(run("list", "--config", file.toString()).out()).containsPattern("pinned +bank__a/b");
  }

  @Test
  void whatWaitsForAnOperatorIsShownWhole() throws IOException {
    ToolDefinition tool = see("files", Pinning.OPERATOR, "reads\u00a0files");
    assertThat(run("show", "files__a/b").out())
        .contains("pinned     nothing yet")
        .contains("waiting    {\"description\":\"reads\\u{a0}files\",\"name\":\"a/b\"}")
        .contains(tool.digest().hex());
  }

  @Test
  void aWrongCommandLineIsUsageAndADatabaseThatIsAwayIsUnknown() {
    assertThat(run("show", "nowhere__a").code()).isEqualTo(InterceptorCommand.NO);
    assertThat(run("approve", "nowhere__a", "0".repeat(64)).code())
        .isEqualTo(InterceptorCommand.NO);
    assertThat(run("show", "a").code()).isEqualTo(InterceptorCommand.USAGE);
    assertThat(run("approve", "mail__a", "abc").code()).isEqualTo(InterceptorCommand.USAGE);
    assertThat(run("approve", "mail__a", "0".repeat(64), "--by", "a\nb").code())
        .isEqualTo(InterceptorCommand.USAGE);
    assertThat(run().code()).isEqualTo(InterceptorCommand.USAGE);
    var away = Map.of("INTERCEPTOR_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none");
    assertThat(run(away, "list").code()).isEqualTo(InterceptorCommand.UNKNOWN);
  }
}
