package dev.interceptor.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.signing.Ed25519Choice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// One tree, checked whole: SPEC §11.
class ServerConfigTest {
  private static final String GOOD =
      """
      database: {url: "jdbc:postgresql://db:5432/interceptor", user: app, password: s3cret}
      redis: {url: "redis://:hidden@cache:6379"}
      token: {signing-keys: /keys}
      policy: {file: /policy.yaml}
      upstreams:
        mail: {url: "http://mail:8080/mcp", timeout: 250ms}
        files: {url: "http://files:8080/mcp/", audience: "https://files.example/mcp"}
      """;

  private static final String WITHOUT_POLICY = GOOD.replace("policy: {file: /policy.yaml}\n", "");

  private static ServerConfig load(String yaml, Map<String, String> environment) {
    return ServerConfig.load(new ConfigFile("interceptor.yaml", yaml), environment);
  }

  private static List<String> problems(String yaml, Map<String, String> environment) {
    return catchThrowableOfType(InvalidConfigException.class, () -> load(yaml, environment))
        .problems();
  }

  @Test
  void theFileAloneIsEnough() {
    ServerConfig config = load(GOOD, Map.of());
    assertThat(config.http().port()).isEqualTo(8080);
    assertThat(config.token().lifetime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.upstreams()).hasSize(2);
    assertThat(config.upstreams().getFirst().timeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.upstreams().getLast().audience().orElseThrow().value())
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
  void noPartOfTheTreePrintsASecret() {
    assertThat(load(GOOD, Map.of()).toString()).doesNotContain("s3cret", "hidden");
  }
}
