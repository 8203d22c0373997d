package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ApprovalBinding;
import dev.interceptor.server.approval.ApprovalDemand;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.approval.ShownArguments;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.session.SessionKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `approvals` on a real database: what it prints and its exit codes. SPEC §2.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApprovalsCommandTest {
  @TempDir private static Path folder;

  private final DatabaseConfig config = TestServices.freshDatabase();
  private Database database;
  private ApprovalStore approvals;

  private record Ended(int code, String out, String err) {}

  @BeforeAll
  void open() {
    database = Database.open(config);
    approvals = ApprovalStore.postgres(database, ApprovalTerms.DEFAULT, InstantSource.system());
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
        ApprovalsCommand.line(new Surroundings(folder, environment))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler((_, _, _) -> InterceptorCommand.UNKNOWN);
    return new Ended(line.execute(arguments), out.toString(), err.toString());
  }

  private String request(String arguments) throws MalformedJsonException {
    var parsed =
        Arguments.of(
            StrictJson.parseObject(arguments.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT));
    var id = new ApprovalId(UUID.randomUUID().toString());
    approvals.file(
        id,
        new ApprovalBinding(
            new SessionKey(new CustomerId("acme"), new SessionId("s-" + id)),
            new ToolRef(new UpstreamName("bank"), new ToolName("wire")),
            parsed.digest()),
        new ApprovalDemand(
            new ApiKeyId("abcd1234"),
            List.of(RuleId.STATIC),
            Optional.empty(),
            new TreeSet<>(),
            new TreeSet<>(),
            ShownArguments.of(parsed)),
        Instant.now());
    return id.value();
  }

  private Approval find(String id) {
    return approvals.find(new ApprovalId(id)).orElseThrow();
  }

  @Test
  void aPersonListsShowsAndApproves() throws MalformedJsonException {
    String id = request("{\"to\":\"a\u202eb\"}");
    assertThat(run("list").out()).contains(id).contains("pending").doesNotContain("\u202e");
    assertThat(run("list", "--json").out()).contains("\"id\":\"" + id).doesNotContain("\u202e");
    assertThat(run("show", id).out()).contains("arguments  {\"to\":\"a\\u202eb\"}");
    Instant before = Instant.now();
    Ended done = run("approve", id, "--valid-for", "5m", "--by", "Ada");
    assertThat(done.code()).isZero();
    assertThat(done.out()).startsWith("approved " + id + ", once, until ");
    assertThat(find(id).times().expiresAt())
        .isBetween(before.plus(Duration.ofMinutes(4)), before.plus(Duration.ofMinutes(6)));
    assertThat(find(id).said().orElseThrow().by()).startsWith("Ada (cli ");
  }

  @Test
  void withoutAWordAboutTimeTheConfiguredOneCounts() throws MalformedJsonException {
    String id = request("{}");
    Instant before = Instant.now();
    assertThat(run(Map.of("INTERCEPTOR_APPROVALS_VALID_FOR", "2h"), "approve", id).code()).isZero();
    assertThat(find(id).times().expiresAt()).isAfter(before.plus(Duration.ofMinutes(119)));
  }

  @Test
  void whatIsClosedOrUnknownIsAnAnswerOfNo() throws MalformedJsonException {
    String id = request("{}");
    assertThat(run("deny", id, "--reason", "call them first").out())
        .isEqualTo("denied " + id + "\n");
    Ended late = run("approve", id);
    assertThat(late.code()).isEqualTo(InterceptorCommand.NO);
    assertThat(late.err()).contains("it has been denied by cli ");
    assertThat(run("list").out()).doesNotContain(id);
    assertThat(run("list", "--all").out()).contains(id);
    String nobody = UUID.randomUUID().toString();
    assertThat(run("show", nobody).code()).isEqualTo(InterceptorCommand.NO);
    assertThat(run("approve", nobody).err()).contains("there is no approval " + nobody);
  }

  @Test
  void argumentsThatAreNotKeptNeedAWordAboutIt() throws MalformedJsonException {
    String id = request("{\"s\":\"" + "x".repeat(ShownArguments.LONGEST) + "\"}");
    assertThat(run("show", id).out()).contains("not kept (65544 bytes)");
    Ended refused = run("approve", id);
    assertThat(refused.code()).isEqualTo(InterceptorCommand.NO);
    assertThat(refused.err()).contains("--unseen");
    assertThat(run("approve", id, "--unseen").code()).isZero();
  }

  @Test
  void aWrongCommandLineIsUsageAndADatabaseThatIsAwayIsUnknown() throws MalformedJsonException {
    String id = request("{}");
    assertThat(run("approve", "x").code()).isEqualTo(InterceptorCommand.USAGE);
    assertThat(run("approve", id, "--valid-for", "25h").code()).isEqualTo(InterceptorCommand.USAGE);
    assertThat(run("deny", id, "--by", "a\nb").code()).isEqualTo(InterceptorCommand.USAGE);
    assertThat(run().code()).isEqualTo(InterceptorCommand.USAGE);
    var away = Map.of("INTERCEPTOR_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none");
    assertThat(run(away, "list").code()).isEqualTo(InterceptorCommand.UNKNOWN);
  }
}
