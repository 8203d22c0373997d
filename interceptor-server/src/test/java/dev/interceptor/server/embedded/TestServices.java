package dev.interceptor.server.embedded;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.database.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// One real PostgreSQL and one real Redis for all tests of a JVM, started at first use and stopped
/// at its end.
public final class TestServices {
  /// What tests wait for a statement: a machine that stands still for a moment is no fault.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestServices() {}

  private static final class Running {
    private static final Path FOLDER = temporaryFolder();
    static final EmbeddedServices SERVICES = EmbeddedServices.start(FOLDER);

    static {
      var _ = Schema.migrate(Database.patient(SERVICES.database("template1")));
      Runtime.getRuntime().addShutdownHook(new Thread(Running::end));
    }

    private static void end() {
      SERVICES.close();
      try (var files = Files.walk(FOLDER)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Path temporaryFolder() {
      try {
        return Files.createTempDirectory(
            Files.createDirectories(Path.of("target")).toAbsolutePath(), "services");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// The shared services; a test that stops one of them starts it again.
  public static EmbeddedServices shared() {
    return Running.SERVICES;
  }

  /// A database of its own, migrated and empty.
  public static DatabaseConfig freshDatabase() {
    return impatientDatabase().withTimeout(PATIENCE);
  }

  /// The same, given up as early as the product does by default: for what happens without it.
  public static DatabaseConfig impatientDatabase() {
    return create("test_" + DATABASES.incrementAndGet(), "template1");
  }

  /// A database without any schema.
  public static DatabaseConfig emptyDatabase() {
    return create("bare_" + DATABASES.incrementAndGet(), "template0").withTimeout(PATIENCE);
  }

  /// Where a database is, as variables for a command or a server.
  public static Map<String, String> environment(DatabaseConfig database) {
    return Map.of(
        "INTERCEPTOR_DATABASE_URL",
        database.jdbcUrl(),
        "INTERCEPTOR_DATABASE_USER",
        database.user(),
        "INTERCEPTOR_DATABASE_PASSWORD",
        new String(database.password().insecureBytes(), StandardCharsets.UTF_8),
        "INTERCEPTOR_DATABASE_TIMEOUT",
        database.timeout().toSeconds() + "s");
  }

  /// Freezes all of PostgreSQL, so that it keeps its connections and says nothing.
  ///
  /// @return lets it go on
  public static AutoCloseable freezePostgres() {
    ProcessHandle postmaster = ProcessHandle.of(shared().postgresPid()).orElseThrow();
    signal("-STOP", postmaster);
    List<ProcessHandle> backends = postmaster.descendants().toList();
    backends.forEach(process -> signal("-STOP", process));
    return () -> {
      backends.forEach(process -> signal("-CONT", process));
      signal("-CONT", postmaster);
    };
  }

  private static void signal(String signal, ProcessHandle process) {
    try {
      var _ = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static DatabaseConfig create(String name, String template) {
    try (var connection = Database.patient(shared().database()).getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
      return shared().database(name);
    } catch (SQLException e) {
      throw new IllegalStateException("no database for the test", e);
    }
  }
}
