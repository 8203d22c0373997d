package dev.interceptor.server.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedServicesTest {
  @TempDir Path folder;

  @Test
  void whatBothStoredSurvivesARestart() throws SQLException {
    try (var services = EmbeddedServices.start(folder)) {
      run(services.database(), "CREATE TABLE kept (value int)");
      redis(services, "SET", "kept", "1");
    }
    try (var services = EmbeddedServices.start(folder)) {
      run(services.database(), "INSERT INTO kept VALUES (1)");
      assertThat(redis(services, "GET", "kept", "")).isEqualTo("1");
    }
  }

  @Test
  void serversThatAKilledRunLeftBehindAreReplaced() throws Exception {
    var run =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledRun.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Long> left;
    try (var lines = run.inputReader()) {
      left =
          lines
              .lines()
              .filter(line -> line.startsWith(KilledRun.READY))
              .findFirst()
              .map(line -> line.substring(KilledRun.READY.length()).split(" ", -1))
              .map(pids -> Stream.of(pids).map(Long::valueOf).toList())
              .orElseThrow();
    }
    run.destroyForcibly().waitFor();
    assertThat(left).allMatch(pid -> ProcessHandle.of(pid).isPresent());

    try (var services = EmbeddedServices.start(folder)) {
      assertThat(left).allMatch(pid -> ProcessHandle.of(pid).isEmpty());
      run(services.database(), "INSERT INTO kept VALUES (1)");
    }
  }

  /// Starts both, says so and waits to be killed.
  static final class KilledRun {
    private static final String READY = "ready ";

    private KilledRun() {}

    public static void main(String[] args) throws Exception {
      var services = EmbeddedServices.start(Path.of(args[0]));
      EmbeddedServicesTest.run(services.database(), "CREATE TABLE kept (value int)");
      System.out.println(READY + services.postgresPid() + " " + services.redisPid());
      Thread.currentThread().join();
    }
  }

  @Test
  void commitsAreWrittenToDiskBeforeTheyAreAcknowledged() throws SQLException {
    DatabaseConfig database = TestServices.shared().database();
    try (var connection = Database.patient(database).getConnection();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
                    + " current_setting('listen_addresses')")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("on");
      assertThat(row.getString(2)).isEqualTo("on");
      assertThat(row.getString(3)).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void aFolderIsUsedByOneAtATime() {
    try (var services = EmbeddedServices.start(folder)) {
      assertThat(services.redisUri().getHost()).isEqualTo("127.0.0.1");
      assertThatThrownBy(() -> EmbeddedServices.start(folder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void bothComeBackOnTheirPortsAfterAStop() throws SQLException {
    EmbeddedServices services = TestServices.shared();
    DatabaseConfig before = services.database();
    services.stopPostgres();
    services.stopRedis();
    services.startPostgres();
    services.startRedis();
    assertThat(services.database().jdbcUrl()).isEqualTo(before.jdbcUrl());
    run(before, "SELECT 1");
    assertThat(redis(services, "ECHO", "back", "")).isEqualTo("back");
  }

  private static void run(DatabaseConfig database, String sql) throws SQLException {
    try (var connection = Database.patient(database).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String redis(EmbeddedServices services, String verb, String key, String value) {
    try (var client = RedisClient.create(services.redisUri().toString());
        var connection = client.connect()) {
      return switch (verb) {
        case "SET" -> connection.sync().set(key, value);
        case "GET" -> connection.sync().get(key);
        case "ECHO" -> connection.sync().echo(key);
        default -> throw new IllegalArgumentException(verb);
      };
    }
  }
}
