package dev.interceptor.server.embedded;

import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.database.DatabasePassword;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server on 127.0.0.1 whose data outlives it. The port is chosen at the first start
/// and kept by later ones. Not thread-safe.
final class PostgresProcess {
  private static final String USER = "postgres";
  private static final Duration LONGEST_START = Duration.ofSeconds(30);

  private final Path data;
  private @Nullable EmbeddedPostgres server;
  private int port;

  PostgresProcess(Path data) {
    this.data = data;
  }

  void start() {
    if (server != null) {
      return;
    }
    endLeftover();
    try {
      server =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPGStartupWait(LONGEST_START)
              .setPort(port)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("fsync", "on")
              .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
              .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
              .start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException("embedded PostgreSQL did not start", e);
    }
  }

  void stop() {
    if (server == null) {
      return;
    }
    long pid = pid();
    try {
      server.close();
      server = null;
      Leftover.awaitEnd(pid);
    } catch (IOException e) {
      throw new UncheckedIOException("embedded PostgreSQL did not stop", e);
    }
  }

  DatabaseConfig database(String name, int poolSize) {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + name,
        USER,
        new DatabasePassword(USER),
        poolSize,
        DatabaseConfig.TIMEOUT);
  }

  /// The process that accepts connections; its children answer them.
  long pid() {
    try {
      return Long.parseLong(pidFileLines().getFirst().strip());
    } catch (IOException e) {
      throw new UncheckedIOException("embedded PostgreSQL is not running", e);
    }
  }

  /// Ends a server that a killed run left behind; a pid file without one is PostgreSQL's to remove.
  private void endLeftover() {
    if (!Files.exists(pidFile())) {
      return;
    }
    try {
      List<String> lines = pidFileLines();
      if (lines.size() > 1 && Path.of(lines.get(1)).equals(data.toAbsolutePath())) {
        Leftover.end(Long.parseLong(lines.getFirst().strip()), "postgres");
      }
      Files.deleteIfExists(pidFile());
    } catch (IOException e) {
      throw new UncheckedIOException("the pid file of embedded PostgreSQL cannot be read", e);
    }
  }

  private List<String> pidFileLines() throws IOException {
    return Files.readAllLines(pidFile());
  }

  private Path pidFile() {
    return data.resolve("postmaster.pid");
  }
}
