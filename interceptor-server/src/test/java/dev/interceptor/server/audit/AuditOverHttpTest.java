package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.live.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is asked for at `/admin/api/v1/audit` and reported at `/proxy/executions`.
final class AuditOverHttpTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static DevStack stack;
  private static String viewer;
  private static String operator;
  private static String toolServer;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String session = UUID.randomUUID().toString();

  private record Reply(int status, JsonNode body) {}

  @BeforeAll
  static void start() {
    stack = SharedStack.get();
    viewer = SharedStack.key("demo", KeyRole.VIEWER);
    operator = SharedStack.key("demo", KeyRole.OPERATOR);
    toolServer = SharedStack.key("demo", KeyRole.SERVER);
  }

  private Reply send(String method, String url, String key, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .header("X-API-Key", key)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), JSON.readTree(response.body()));
  }

  private Reply audit(String query) throws IOException, InterruptedException {
    return send("GET", stack.adminUrl() + "/admin/api/v1/audit?" + query, viewer, "");
  }

  private Reply report(String key, String executions) throws IOException, InterruptedException {
    return send("POST", stack.url() + "/proxy/executions", key, executions);
  }

  private Reply call(String route, String tool) throws IOException, InterruptedException {
    return send(
        "POST",
        stack.url() + route,
        stack.apiKey(),
        "{\"session_id\":\"%s\",\"tool_name\":\"%s\"}".formatted(session, tool));
  }

  @Test
  void aDecisionAndItsOutcomeAreFoundAndPagesDoNotOverlap() throws Exception {
    Reply answered = call("/proxy/execute", "list_customers");
    assertThat(answered.status()).isEqualTo(200);
    Reply denied = call("/proxy/execute", "run_shell");
    assertThat(denied.status()).isEqualTo(403);
    assertThat(call("/proxy/execute", "list_customers").status()).isEqualTo(200);

    String id = answered.body().path("decision_id").asText();
    JsonNode decision = audit("kind=decision&decision_id=" + id).body().path("entries").path(0);
    assertThat(decision.path("outcome").asText()).isEqualTo("permit");
    assertThat(decision.path("session_id").asText()).isEqualTo(session);
    assertThat(decision.path("jti").asText()).hasSize(22);
    assertThat(decision.path("tool_hash").asText()).hasSize(64);
    assertThat(decision.path("idx").isIntegralNumber()).isTrue();

    var seen = new ArrayList<String>();
    String before = "";
    for (int page = 0; page < 3; page++) {
      JsonNode body = audit("session_id=" + session + "&limit=1" + before).body();
      seen.add(body.path("entries").path(0).path("tool").asText());
      before = "&before=" + body.path("next_before").asLong();
    }
    assertThat(seen).containsExactly("list_customers", "run_shell", "list_customers");
    assertThat(audit("session_id=" + session + before).body().path("entries")).isEmpty();
    JsonNode denials = audit("session_id=" + session + "&outcome=deny").body().path("entries");
    assertThat(denials).hasSize(1);
    assertThat(denials.path(0).path("reason").asText()).isEqualTo("TOOL_DENIED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour=red|unknown parameter",
        "kind=cheese|`kind` is unknown: write decision, outcome",
        "decision_id=7|`decision_id` is no UUID",
        "since=yesterday|`since` is no time: write it as 2026-",
        "limit=0|`limit` is not one number of 1 to 1000",
        "limit=1&limit=2|`limit` is not one number",
        "before=-1|`before` is not one number",
        "which=some|`which` is unknown: write unpermitted or unexecuted",
        "tool=a&tool=b|`tool` is there more than once",
      })
  void aQuestionThatCannotBeMeantIsExplained(String query, String says) throws Exception {
    Reply reply = audit(query);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body().path("detail").asText()).contains(says);
  }

  @Test
  void onlyWhoMayReadTheLogReadsIt() throws Exception {
    String url = stack.adminUrl() + "/admin/api/v1/audit";
    assertThat(send("GET", url, stack.apiKey(), "").status()).isEqualTo(401);
    assertThat(send("GET", url, toolServer, "").status()).isEqualTo(401);
    assertThat(report(stack.apiKey(), "{}").status()).isEqualTo(401);
    assertThat(send("POST", stack.url() + "/proxy/execute", toolServer, "{}").status())
        .isEqualTo(401);
  }

  @Test
  void argumentsAreForThoseWhoDecideAndTurnNoTextAround() throws Exception {
    String tool = "turned\u202e\u200b";
    try (var database = Database.open(stack.config().database());
        var log = DecisionLog.postgres(database.pool(), database.longestWait())) {
      log.append(
          List.of(
              LogEntry.of(LogEntry.Kind.DECISION, Instant.now())
                  .text("session_id", session)
                  .text("tool", tool)
                  .text("args", "{\"a\":1}")
                  .text("args_digest", "d")
                  .build()));
    }
    String url = stack.adminUrl() + "/admin/api/v1/audit?session_id=" + session;
    JsonNode shown = audit("session_id=" + session).body().path("entries").path(0);
    assertThat(shown.path("args_digest").asText()).isEqualTo("d");
    assertThat(shown.has("args")).isFalse();
    JsonNode whole = send("GET", url, operator, "").body().path("entries").path(0);
    assertThat(whole.path("args").asText()).isEqualTo("{\"a\":1}");
    assertThat(whole.path("tool").asText()).isEqualTo(tool);
    assertThat(text(url)).contains("turned\\u202e\\u200b").doesNotContain("\u202e", "\u200b");
  }

  private String text(String url) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url)).header("X-API-Key", viewer).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static String execution(String jti, String tool) {
    return "{\"jti\":\"%s\",\"tool\":\"%s\",\"p_hash\":\"%s\",\"status\":\"completed\"}"
        .formatted(jti, tool, Sha256.of(new byte[0]).hex());
  }

  private static String jti(String token) throws IOException {
    byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
    return JSON.readTree(claims).path("jti").asText();
  }

  private List<String> found(String query) throws Exception {
    var ids = new ArrayList<String>();
    audit(query).body().path("entries").forEach(entry -> ids.add(entry.path("jti").asText()));
    return ids;
  }

  @Test
  void bothSidesOfACallAreJoined() throws Exception {
    String executed = jti(call("/proxy/authorize", "list_customers").body().path("token").asText());
    String other = jti(call("/proxy/authorize", "list_customers").body().path("token").asText());
    String forged = "A".repeat(22);
    Reply reported =
        report(
            toolServer,
            "{\"executions\":["
                + String.join(
                    ",",
                    execution(executed, "list_customers"),
                    execution(other, "run_shell"),
                    execution(forged, "list_customers"))
                + "]}");
    assertThat(reported.status()).isEqualTo(200);
    assertThat(reported.body().path("recorded").asInt()).isEqualTo(3);

    assertThat(found("which=unpermitted")).contains(forged, other).doesNotContain(executed);
  }

  @Test
  void aPermitThatNobodyExecutedIsFoundWhenItsTokenIsOver() throws Exception {
    String executed = "B".repeat(22);
    String silent = "C".repeat(22);
    Instant before = Instant.now().minus(Duration.ofMinutes(10));
    try (var database = Database.open(stack.config().database());
        var log = DecisionLog.postgres(database.pool(), database.longestWait())) {
      log.append(List.of(permit(executed, before), permit(silent, before)));
    }
    report(toolServer, "{\"executions\":[" + execution(executed, "list_customers") + "]}");
    String fresh = jti(call("/proxy/authorize", "list_customers").body().path("token").asText());
    assertThat(found("which=unexecuted&session_id=" + session))
        .containsExactly(silent)
        .doesNotContain(fresh);
  }

  private LogEntry permit(String jti, Instant at) {
    return LogEntry.of(LogEntry.Kind.DECISION, at)
        .text("outcome", DecisionRecord.PERMIT)
        .text("session_id", session)
        .text("tool", "list_customers")
        .text("jti", jti)
        .build();
  }

  @Test
  void whatTheDemoServerExecutedIsReportedByItself() throws Exception {
    Reply answered = call("/proxy/execute", "list_customers");
    String decision = answered.body().path("decision_id").asText();
    String jti = found("kind=decision&decision_id=" + decision).getFirst();
    var _ =
        Await.until(
            "the report",
            Duration.ofSeconds(10),
            () -> !found("kind=execution&jti=" + jti).isEmpty());
    assertThat(found("which=unpermitted")).doesNotContain(jti);
  }

  @Test
  void whatIsInForceIsOnRecord() throws Exception {
    JsonNode policy = audit("action=policy.in_force").body().path("entries").path(0);
    assertThat(policy.path("policy_digest").asText()).hasSize(64);
    assertThat(policy.path("actor").asText()).startsWith("instance ");
    JsonNode key = audit("action=signing_key.in_use").body().path("entries").path(0);
    assertThat(key.path("target").asText()).hasSize(43);
    JsonNode created = audit("action=key.create&actor=Ada").body().path("entries").path(0);
    assertThat(created.path("detail").asText()).startsWith("role ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|write {\"executions\":[…]} with 1 to 256",
        "{\"executions\":[]}|with 1 to 256",
        "{\"executions\":[1]}|an execution has `jti`",
        "{\"executions\":[{\"jti\":\"x\"}]}|`jti`: a token's id is 22 characters",
        "{\"executions\":[{\"jti\":\"AAAAAAAAAAAAAAAAAAAAAA\"}]}|`tool` is missing",
        "{\"executions\":[{\"jti\":1}]}|`jti` is not a string",
        "{\"executions\":[{\"colour\":1}]}|an execution has `jti`",
      })
  void aReportThatSaysTooLittleOrTooMuchIsExplained(String body, String says) throws Exception {
    Reply reply = report(toolServer, body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body().path("detail").asText()).contains(says);
  }

  @Test
  void aTokenCarriesTheIdThatIsOnRecord() throws Exception {
    Reply issued = call("/proxy/authorize", "list_customers");
    String decision = issued.body().path("decision_id").asText();
    assertThat(found("kind=decision&decision_id=" + decision))
        .containsExactly(jti(issued.body().path("token").asText()));
  }
}
