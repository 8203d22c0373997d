package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.Audience;
import dev.interceptor.server.Main;
import dev.interceptor.server.demo.DemoToolServer;
import dev.interceptor.server.demo.JwksSource;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.live.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An operator's first hour, as processes: migrate, a signing key, an API key, serve, SIGTERM.
class CommandsTest {
  @TempDir Path folder;

  private record Ended(int code, String out, String err) {}

  @Test
  void anOperatorGetsFromAnEmptyDatabaseToAnAnsweredCall() throws Exception {
    int port = freePort();
    try (DemoToolServer tools = toolServer(port)) {
      Map<String, String> settings = settings(port, tools);
      assertThat(run(settings, "serve").err()).contains("./interceptor signing-keys generate");
      assertThat(run(settings, "signing-keys", "generate").code()).isZero();
      assertThat(run(settings, "serve").err()).contains("./interceptor audit key --out FILE");
      Ended made = run(settings, "audit", "key", "--out", checkpointKey());
      assertThat(made.out()).startsWith("sentinel-interceptor/audit+");
      assertThat(run(settings, "audit", "key").out()).isEqualTo(made.out());
      assertThat(run(settings, "audit", "key", "--out", checkpointKey()).err()).contains("already");
      assertThat(run(settings, "serve").err()).contains("./interceptor migrate");
      assertThat(run(settings, "migrate", "--check").code()).isEqualTo(1);
      assertThat(run(settings, "migrate").code()).isZero();
      Ended created = run(settings, "keys", "create", "--customer", "acme", "--label", "ci");
      assertThat(created.code()).isZero();
      String key = created.out().strip();
      assertThat(key).matches("ik_[a-z0-9]{8}_[a-z2-7]{32}");
      assertThat(run(settings, "keys", "list", "--json").out())
          .contains("\"label\":\"ci\"")
          .doesNotContain(key);

      Process server = start(settings, "serve");
      try {
        BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).startsWith("serving on http://127.0.0.1:" + port);
        Await.until("a call is allowed", Duration.ofSeconds(20), () -> call(port, key) == 200);
        assertThat(run(settings, "keys", "revoke", key.substring(3, 11)).code()).isZero();
      } finally {
        server.destroy();
        assertThat(server.waitFor(25, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(server.exitValue()).isZero();
      Ended verified = run(settings, "audit", "verify");
      assertThat(verified.out()).startsWith("clean: ");
      assertThat(verified.code()).isZero();
      Ended checkpoints = run(settings, "audit", "export", "--checkpoints");
      assertThat(checkpoints.out()).startsWith("sentinel-interceptor/audit\n");
      Path kept = Files.writeString(folder.resolve("kept.txt"), checkpoints.out());
      assertThat(run(settings, "audit", "verify", "--checkpoint", kept.toString()).code()).isZero();
      assertThat(run(settings, "audit", "export", "--kind", "decision").out())
          .startsWith("{\"idx\":")
          .contains("\"tool\":\"list_customers\"");
    }
  }

  private String checkpointKey() {
    return folder.resolve("audit.pem").toString();
  }

  @Test
  void aWrongCommandLineIsUsageAndAnUnusableConfigurationNamesEverySetting()
      throws IOException, InterruptedException {
    assertThat(run(Map.of(), "keys", "create").code()).isEqualTo(2);
    assertThat(run(Map.of(), "no-such-command").code()).isEqualTo(2);
    Ended refused = run(Map.of(), "serve");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("`database.url` (INTERCEPTOR_DATABASE_URL) is missing")
        .contains("`redis.url` (INTERCEPTOR_REDIS_URL) is missing");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Takes its keys from the server's address, as a tool server elsewhere does.
  private static DemoToolServer toolServer(int port) {
    return DemoToolServer.start(
        new DemoToolServer.Settings(
            0,
            "sentinel-interceptor",
            Optional.<Audience>empty(),
            new JwksSource.Remote(
                URI.create("http://127.0.0.1:" + port + "/.well-known/jwks.json"))));
  }

  private Map<String, String> settings(int port, DemoToolServer tools) {
    var settings = new HashMap<>(TestServices.environment(TestServices.emptyDatabase()));
    settings.putAll(
        Map.of(
            "INTERCEPTOR_HTTP_PORT", Integer.toString(port),
            "INTERCEPTOR_ADMIN_PORT", "0",
            "INTERCEPTOR_REDIS_URL", TestServices.shared().redisUri().toString(),
            "INTERCEPTOR_TOKEN_SIGNING_KEYS", folder.resolve("keys").toString(),
            "INTERCEPTOR_AUDIT_CHECKPOINT_KEY", checkpointKey(),
            "INTERCEPTOR_POLICY_FILE", SharedStack.demoPolicy().toString(),
            "INTERCEPTOR_UPSTREAMS", "demo=" + tools.url()));
    return settings;
  }

  private static int call(int port, String key) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/proxy/execute"))
                .header("Content-Type", "application/json")
                .header("X-API-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString("{\"tool_name\":\"list_customers\"}"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private Ended run(Map<String, String> settings, String... arguments)
      throws IOException, InterruptedException {
    Path err = Files.createTempFile(folder, "err", ".txt");
    Process process = builder(settings, arguments).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out, Files.readString(err));
  }

  private Process start(Map<String, String> settings, String... arguments) throws IOException {
    return builder(settings, arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private ProcessBuilder builder(Map<String, String> settings, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("INTERCEPTOR_"));
    builder.environment().putAll(settings);
    return builder;
  }
}
