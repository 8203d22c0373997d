package dev.interceptor.server.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.live.ServerProcess.Launch;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A session with unguessable values as keys, tokens, arguments and results, through every kind of
/// answer; then everything that was kept or shown is searched for them.
///
/// Searched are every column of every table as text, the files of PostgreSQL and Redis as they are
/// on the disk (the write-ahead log included), the log of the server process with its own loggers
/// at TRACE, its metrics and health, and the head and body of every error. A dump by `pg_dump`
/// holds the same columns; the binaries that come with the tests have no `pg_dump`.
final class NoSecretInLogsOrAnswersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String AUDIT = "table audit_log";

  /// `dev` keeps its two keys readable on purpose.
  private static final String DEV_KEYS = "keys.json";

  @Test
  void whatWasSecretIsKeptAndShownNowhere() throws Exception {
    var secrets = new Secrets();
    try (var stack = LiveStack.start()) {
      ServerProcess server = serve(stack, "own-debug.xml");
      var session = new Session(stack, server, secrets, "known-session");
      session.permitted();
      session.denied();
      session.malformed();
      session.failed();
      session.unavailable();
      awaitBothStores(stack, server);

      Map<String, String> places = places(stack, server, session);
      assertThat(places.get(AUDIT)).contains("known-session", "read_customer");
      assertThat(places.get("the log")).contains("STATE_UNAVAILABLE");
      assertThat(session.errors()).hasSizeGreaterThan(20);
      assertThat(findings(places, secrets)).isEmpty();
      assertThat(findings(places, session.lookedAt()))
          .hasSize(3)
          .allMatch(finding -> finding.startsWith(AUDIT + ": "));

      stack.dev().close();
      assertThat(findings(files(stack.state()), secrets)).isEmpty();
    }
  }

  @Test
  void aServerThatLogsWhatItSendsIsCaught() throws Exception {
    var secrets = new Secrets();
    try (var stack = LiveStack.start()) {
      ServerProcess server = serve(stack, "wire-debug.xml");
      var session = new Session(stack, server, secrets, "known-session");
      session.permitted();
      assertThat(findings(places(stack, server, session), secrets))
          .contains(
              "the log: a file's content, argument and result", "the log: something like a token");
    }
  }

  @Test
  void aSecretThatIsStoredIsCaught() throws Exception {
    var secrets = new Secrets();
    try (var stack = LiveStack.start()) {
      ServerProcess server = serve(stack, "own-debug.xml");
      var session = new Session(stack, server, secrets, secrets.fresh("a session's id"));
      session.denied();
      assertThat(findings(places(stack, server, session), secrets))
          .containsExactly(AUDIT + ": a session's id");
      stack.dev().close();
      assertThat(findings(files(stack.state()), secrets))
          .anyMatch(finding -> finding.contains("redis") && finding.contains("a session's id"))
          .anyMatch(finding -> finding.contains("postgres") && finding.contains("a session's id"));
    }
  }

  private static ServerProcess serve(LiveStack stack, String logging) throws IOException {
    ServerConfig known = stack.config();
    var upstreams = new ArrayList<>(known.upstreams());
    upstreams.add(
        UpstreamConfig.of(
            new UpstreamName("dead"), URI.create("http://127.0.0.1:" + closedPort() + "/mcp")));
    var config =
        new ServerConfig(
            known.http(),
            known.admin(),
            new ServerConfig.Limits(
                new JsonLimits(64, Session.MAX_BODY),
                known.limits().underWay(),
                known.limits().deadline()),
            known.database(),
            known.redis(),
            known.token(),
            known.policy(),
            known.approvals(),
            known.mcp(),
            known.models(),
            known.audit(),
            upstreams);
    Path settings = Path.of("src/test/resources/logging", logging).toAbsolutePath();
    return stack.serve(
        Launch.serve(config, stack.log(1)).withOptions("-Dlogback.configurationFile=" + settings));
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitBothStores(LiveStack stack, ServerProcess server) throws Exception {
    Await.until(
        "both stores",
        PATIENCE,
        () -> {
          try (var client = new RawClient(server.adminUrl())) {
            return client.get("/health/ready", stack.dev().adminKey()).status() == 200;
          }
        });
  }

  private static List<String> findings(Map<String, String> places, Secrets secrets) {
    var findings = new ArrayList<String>();
    places.forEach((place, text) ->
        secrets.foundIn(text).forEach(secret -> findings.add(place + ": " + secret)));
    return findings;
  }

  private static Map<String, String> places(LiveStack stack, ServerProcess server, Session session)
      throws IOException, SQLException {
    var places = new TreeMap<String, String>();
    places.put("the log", server.logged());
    try (var client = new RawClient(server.adminUrl())) {
      places.put("the metrics", client.get("/metrics", "").body());
      places.put("the health", client.get("/health", "").body());
    }
    int number = 0;
    for (RawClient.Reply error : session.errors()) {
      places.put(
          "error " + ++number + " (" + error.status() + " " + error.code() + ")",
          error.head() + error.body());
    }
    try (var connection = Database.patient(stack.config().database()).getConnection()) {
      for (String table : Rows.tables(connection)) {
        places.put("table " + table, rows(connection, table));
      }
    }
    return places;
  }

  private static String rows(Connection connection, String table) throws SQLException {
    var text = new StringBuilder();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT t::text FROM \"" + table + "\" t")) {
      while (rows.next()) {
        text.append(rows.getString(1)).append('\n');
      }
    }
    return text.toString();
  }

  private static Map<String, String> files(Path state) throws IOException {
    var files = new TreeMap<String, String>();
    try (var all = Files.walk(state)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(DEV_KEYS)) {
          files.put(
              state.relativize(file).toString(),
              Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return files;
  }
}
