package dev.interceptor.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.server.audit.ArgumentTerms;
import dev.interceptor.server.audit.ArgumentTerms.Detail;
import dev.interceptor.server.mcp.McpSettings;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.signing.Ed25519Choice;
import dev.interceptor.server.upstream.Target;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One tree, checked whole: SPEC §11.
class ServerConfigTest {
  private static final String GOOD =
      """
      database: {url: "jdbc:postgresql://db:5432/interceptor", user: app, password: s3cret}
      redis: {url: "redis://:hidden@cache:6379"}
      token: {signing-keys: /keys}
      policy: {file: /policy.yaml}
      audit: {checkpoint-key: /keys/audit.pem}
      upstreams:
        mail: {url: "http://mail:8080/mcp", timeout: 250ms}
        files: {url: "http://files:8080/mcp/", audience: "https://files.example/mcp"}
      """;

  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/bin", "HOME", "/home/app", "AWS_SECRET_ACCESS_KEY", "not-for-commands");

  private static final String WITHOUT_POLICY = GOOD.replace("policy: {file: /policy.yaml}\n", "");

  private static ServerConfig load(String yaml, Map<String, String> environment) {
    return ServerConfig.load(new ConfigFile("interceptor.yaml", yaml), environment);
  }

  private static List<String> problems(String yaml, Map<String, String> environment) {
    return catchThrowableOfType(InvalidConfigException.class, () -> load(yaml, environment))
        .problems();
  }

  /// @param members more of `audit`
  private static String withAudit(String members) {
    return GOOD.replace("audit: {", "audit: {" + members + ", ");
  }

  @Test
  void whatIsRecordedOfArgumentsIsSetForAllToolsAndForSingleOnes() {
    assertThat(load(GOOD, Map.of()).audit().recorded()).isEqualTo(ArgumentTerms.DEFAULT);
    Map<String, Detail> tools =
        Map.of("send_email", Detail.FULL, "mail__read.mail/x", Detail.DIGEST);
    assertThat(
            load(
                    withAudit(
                        "arguments: redacted, tools: {send_email: full, mail__read.mail/x: digest}"),
                    Map.of())
                .audit()
                .recorded())
        .isEqualTo(new ArgumentTerms(Detail.REDACTED, tools));
    assertThat(
            load(
                    withAudit("tools: {other: full}"),
                    Map.of("INTERCEPTOR_AUDIT_TOOLS", "send_email=full, mail__read.mail/x=digest"))
                .audit()
                .recorded())
        .isEqualTo(new ArgumentTerms(Detail.DIGEST, tools));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arguments: all",
        "tools: {send_email: all}",
        "tools: {mail: {send_email: full}}",
        "tools: {a tool: full}",
        "tools: send_email",
        "tools: {a: full, \"a \": digest}"
      })
  void whatCannotBeRecordedSoIsAFault(String audit) {
    assertThat(problems(withAudit(audit), Map.of()))
        .singleElement()
        .asString()
        .contains(
            audit.contains("tools")
                ? "`audit.tools` (INTERCEPTOR_AUDIT_TOOLS)"
                : "`audit.arguments`",
            "write ",
            "redacted");
  }

  @Test
  void theFileAloneIsEnough() {
    ServerConfig config = load(GOOD, Map.of());
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.token().lifetime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.upstreams()).hasSize(2);
    assertThat(config.upstreams().getFirst().timeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.upstreams().getLast().audience().value())
        .isEqualTo("https://files.example/mcp");
  }

  @Test
  void theEnvironmentOverridesTheFile() {
    ServerConfig config =
        load(
            GOOD,
            Map.of(
                "INTERCEPTOR_HTTP_PORT", "0",
                "INTERCEPTOR_TOKEN_LIFETIME", "9s",
                "INTERCEPTOR_UPSTREAMS", "crm=http://crm/mcp"));
    assertThat(config.http().port()).isZero();
    assertThat(config.token().lifetime()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.upstreams()).hasSize(3);
  }

  @Test
  void everyFaultIsReportedAtOnceAndNoValueIsRepeated() {
    List<String> problems =
        problems(
            """
            http: {prot: 1}
            token: {lifetime: topsecret}
            redis: {url: "redis://:hidden@cache"}
            upstreams: {Bad_Name: {url: "http://x"}}
            """,
            Map.of("INTERCEPTOR_HTTP_PROT", "1", "INTERCEPTOR_ADMIN_PORT", "70000"));
    assertThat(problems)
        .contains(
            "interceptor.yaml: unknown key `http.prot`; did you mean `http.port`?",
            "unknown variable `INTERCEPTOR_HTTP_PROT`; did you mean `INTERCEPTOR_HTTP_PORT`?",
            "`token.lifetime` (INTERCEPTOR_TOKEN_LIFETIME) has a value that cannot be used: write 1s to 1m",
            "`admin.port` (INTERCEPTOR_ADMIN_PORT) has a value that cannot be used: write 0 to 65535",
            "`database.password` (INTERCEPTOR_DATABASE_PASSWORD) is missing: write the role's password",
            "`upstreams.Bad_Name`: upstream name is not 1-32 of a-z 0-9 -");
    assertThat(String.join("\n", problems)).doesNotContain("topsecret", "hidden", "70000");
  }

  @Test
  void whoSignsIsOneOfThreeWords() {
    assertThat(load(GOOD, Map.of()).token().ed25519()).isEqualTo(Ed25519Choice.AUTO);
    String variable = "INTERCEPTOR_TOKEN_ED25519_PROVIDER";
    assertThat(load(GOOD, Map.of(variable, "corretto")).token().ed25519())
        .isEqualTo(Ed25519Choice.CORRETTO);
    assertThat(problems(GOOD, Map.of(variable, "openssl")))
        .containsExactly(
            "`token.ed25519-provider` (INTERCEPTOR_TOKEN_ED25519_PROVIDER) has a value that cannot"
                + " be used: write auto or bouncycastle or corretto");
  }

  @Test
  void aStatementIsWaitedForInWholeSeconds() {
    String variable = "INTERCEPTOR_DATABASE_TIMEOUT";
    assertThat(load(GOOD, Map.of()).database().timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(load(GOOD, Map.of(variable, "30s")).database().timeout())
        .isEqualTo(Duration.ofSeconds(30));
    for (String wrong : List.of("0s", "900ms", "1500ms", "31s")) {
      assertThat(problems(GOOD, Map.of(variable, wrong)))
          .containsExactly(
              "`database.timeout` (INTERCEPTOR_DATABASE_TIMEOUT) has a value that cannot be used:"
                  + " write 1s to 30s, whole seconds");
    }
  }

  @Test
  void aSessionMustOutliveItsCalls() {
    assertThat(problems(GOOD, Map.of("INTERCEPTOR_SESSION_IDLE", "4s")))
        .containsExactly(
            "`session.idle` is not longer than the timeout of `upstreams.files`: write a longer one");
  }

  @Test
  void twoUpstreamsMustNotShareAnAudience() {
    assertThat(problems(GOOD, Map.of("INTERCEPTOR_UPSTREAMS", "twin=http://mail:8080/mcp")))
        .containsExactly(
            "`upstreams.twin` has the audience of another upstream: a token for one would be good at the other");
  }

  @Test
  void secretsHaveNoDefault() {
    assertThat(problems("", Map.of()))
        .anyMatch(problem -> problem.startsWith("`database.password`"))
        .anyMatch(problem -> problem.startsWith("`redis.url`"))
        .anyMatch(problem -> problem.startsWith("`token.signing-keys`"));
  }

  @Test
  void policiesComeFromTheFileIfThereIsOneElseFromTheDatabase() {
    assertThat(load(GOOD, Map.of()).policy())
        .isEqualTo(new PolicyOrigin.Files(Path.of("/policy.yaml")));
    assertThat(load(WITHOUT_POLICY, Map.of()).policy()).isEqualTo(new PolicyOrigin.Stored());
    assertThat(load(WITHOUT_POLICY, Map.of("INTERCEPTOR_POLICY_SOURCE", "database")).policy())
        .isEqualTo(new PolicyOrigin.Stored());
  }

  @Test
  void twoAnswersToWherePoliciesComeFromAreRefused() {
    assertThat(problems(GOOD, Map.of("INTERCEPTOR_POLICY_SOURCE", "database")))
        .singleElement()
        .asString()
        .startsWith("`policy.file` (INTERCEPTOR_POLICY_FILE) has no meaning");
    assertThat(problems(WITHOUT_POLICY, Map.of("INTERCEPTOR_POLICY_SOURCE", "file")))
        .singleElement()
        .asString()
        .startsWith("`policy.file` (INTERCEPTOR_POLICY_FILE) is missing");
    assertThat(problems(GOOD, Map.of("INTERCEPTOR_POLICY_SOURCE", "files")))
        .containsExactly(
            "`policy.source` (INTERCEPTOR_POLICY_SOURCE) has a value that cannot be used:"
                + " write database or file");
  }

  @Test
  void theDatabasePartNeedsNoOtherSetting() {
    String database = GOOD.lines().findFirst().orElseThrow();
    assertThat(
            ServerConfig.loadDatabase(new ConfigFile("interceptor.yaml", database), Map.of())
                .user())
        .isEqualTo("app");
    assertThat(
            catchThrowableOfType(
                    InvalidConfigException.class,
                    () ->
                        ServerConfig.loadDatabase(
                            new ConfigFile("interceptor.yaml", "databse: {}\nhttp: {prot: 1}"),
                            Map.of("INTERCEPTOR_DATABASE_URL", "jdbc:postgresql://db/x")))
                .problems())
        .containsExactly(
            "interceptor.yaml: unknown key `http.prot`; did you mean `http.port`?",
            "`database.user` (INTERCEPTOR_DATABASE_USER) is missing: write a role's name",
            "`database.password` (INTERCEPTOR_DATABASE_PASSWORD) is missing: write the role's"
                + " password");
  }

  @Test
  void whereMcpIsReachedFromIsAListInTheFileOrTextInTheEnvironment() {
    String listed =
        GOOD
            + """
            mcp:
              allowed-hosts: [Gateway.example, "10.0.0.7:8443"]
              allowed-origins: ["https://app.example:443"]
              public-url: https://gateway.example/
              authorization-servers: ["https://login.example/realm"]
            """;
    ServerConfig config = load(listed, Map.of());
    assertThat(config.mcp().allowedHosts())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("gateway.example", "10.0.0.7:8443");
    assertThat(config.mcp().allowedOrigins())
        .extracting(Object::toString)
        .containsExactly("https://app.example");
    assertThat(config.mcp().publicUrl().orElseThrow()).hasToString("https://gateway.example");
    assertThat(config.mcp().authorizationServers())
        .containsExactly(URI.create("https://login.example/realm"));
    assertThat(
            load(listed, Map.of("INTERCEPTOR_MCP_ALLOWED_HOSTS", "a , b:1")).mcp().allowedHosts())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("a", "b:1");
  }

  @Test
  void withoutThemNothingIsListed() {
    assertThat(load(GOOD, Map.of()).mcp()).isEqualTo(McpSettings.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "INTERCEPTOR_MCP_ALLOWED_HOSTS,https://gateway.example",
    "INTERCEPTOR_MCP_ALLOWED_HOSTS,*.example",
    "INTERCEPTOR_MCP_ALLOWED_HOSTS,'a,,b'",
    "INTERCEPTOR_MCP_ALLOWED_ORIGINS,*",
    "INTERCEPTOR_MCP_ALLOWED_ORIGINS,null",
    "INTERCEPTOR_MCP_ALLOWED_ORIGINS,https://app.example/page",
    "INTERCEPTOR_MCP_PUBLIC_URL,gateway.example",
    "INTERCEPTOR_MCP_PUBLIC_URL,https://gateway.example/mcp",
    "INTERCEPTOR_MCP_PUBLIC_URL,ftp://gateway.example",
    "INTERCEPTOR_MCP_AUTHORIZATION_SERVERS,http://login.example",
    "INTERCEPTOR_MCP_AUTHORIZATION_SERVERS,https://user:s3cret@login.example",
    "INTERCEPTOR_MCP_AUTHORIZATION_SERVERS,https:///path"
  })
  void whatIsNoHostOrOriginOrUrlIsAFaultAndNotRepeated(String variable, String value) {
    assertThat(problems(GOOD, Map.of(variable, value)))
        .singleElement()
        .asString()
        .contains(variable, "has a value that cannot be used: write ")
        .doesNotContain(value);
  }

  @Test
  void noPartOfTheTreePrintsASecret() {
    assertThat(load(GOOD, Map.of()).toString()).doesNotContain("s3cret", "hidden");
  }

  private static UpstreamConfig upstream(String members) {
    return load(GOOD + "  tools: " + members + "\n", ENVIRONMENT).upstreams().getLast();
  }

  private static List<String> upstreamProblems(String members) {
    return problems(GOOD + "  tools: " + members + "\n", ENVIRONMENT);
  }

  @Test
  void aCommandIsKeptPartByPartWithItsEnvironment() {
    UpstreamConfig tools =
        upstream(
            "{command: [node, 'server.js', --port, 8080, 'a,b c'], cwd: /srv, env: {API_KEY:"
                + " 'k-1,2', LEVEL: 3}, max-answer-bytes: 65536, max-connections: 4}");
    assertThat(tools.target())
        .isEqualTo(
            new Target.Command(
                List.of("node", "server.js", "--port", "8080", "a,b c"),
                Map.of("PATH", "/bin", "HOME", "/home/app", "API_KEY", "k-1,2", "LEVEL", "3"),
                Optional.of(Path.of("/srv"))));
    assertThat(tools.audience().value()).isEqualTo("stdio://tools");
    assertThat(tools.maxAnswerBytes()).isEqualTo(65_536);
    assertThat(tools.maxConnections()).isEqualTo(4);
  }

  @Test
  void aCommandPrintsAsItsProgram() {
    UpstreamConfig tools = upstream("{command: [node, --key=k-secret], env: {API_KEY: k-secret}}");
    assertThat(tools.toString()).contains("node").doesNotContain("k-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{command: node server.js} | `command` is not a list of texts",
        "{command: []} | `command` is not a list of texts",
        "{command: [node, 1.10]} | `command` is not a list of texts",
        "{command: [node, [x]]} | `command` is not a list of texts",
        "{command: ['']} | `command` names no program",
        "{command: [node], env: {KEY: 1.10}} | `env` is not a map of texts",
        "{command: [node], env: [KEY]} | `env` is not a map of texts",
        "{command: [node], env: {KEY: }} | `env` is not a map of texts",
        "{command: [node], env: {a-b: secretive}} | `env.a-b` is not a variable's name",
        "{command: [node], url: 'http://x/mcp'} | `url` and `command` exclude each other",
        "{url: 'http://x/mcp', env: {KEY: secretive}} | `env` and `cwd` have a meaning with",
        "{url: 'http://x/mcp', cwd: /srv} | `env` and `cwd` have a meaning with",
        "{timeout: 5s} | `url` is missing: write",
        "{url: 'secretive'} | `url` must be http or https",
        "{url: 'http://x/mcp', timeout: secretivems} | `timeout` is no length of time",
        "{url: 'http://x/mcp', timeout: 5h} | `timeout` must be 10ms to 10m",
        "{url: 'http://x/mcp', max-answer-bytes: secretive} | `max-answer-bytes` is no whole number",
        "{url: 'http://x/mcp', max-answer-bytes: 1} | `max-answer-bytes` must be 1024 to 67108864",
        "{url: 'http://x/mcp', max-connections: 0} | `max-connections` must be 1 to 10000"
      })
  void aFaultOfAnUpstreamNamesItsMemberAndNoValue(String line) {
    String[] parts = line.split(" \\| ", 2);
    assertThat(upstreamProblems(parts[0]))
        .singleElement()
        .asString()
        .startsWith("`upstreams.tools`: " + parts[1])
        .doesNotContain("secretive");
  }

  @Test
  void noVariableHoldsACommand() {
    assertThat(problems(GOOD, Map.of("INTERCEPTOR_UPSTREAMS", "sh.command.0=http://x,sh=sh -c id")))
        .hasSize(2)
        .anyMatch(problem -> problem.startsWith("interceptor.yaml: unknown key"))
        .anyMatch(problem -> problem.startsWith("`upstreams.sh`: `url`"));
  }
}
