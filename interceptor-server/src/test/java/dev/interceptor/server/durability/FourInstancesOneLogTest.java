package dev.interceptor.server.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.live.AuditChain;
import dev.interceptor.server.live.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Four processes append to one log at once, one of them is killed and replaced meanwhile, and
/// customers are created, each with its entry in the same transaction.
///
/// The build writes a few thousand rows. The long run: `-Daudit.rows=5000`
final class FourInstancesOneLogTest {
  private static final int INSTANCES = 4;
  private static final int THREADS = 4;
  private static final int ROWS = Integer.getInteger("audit.rows", 120);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir Path folder;

  private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
  private DatabaseConfig database;

  @BeforeEach
  void prepare() {
    database = TestServices.freshDatabase();
  }

  @Test
  void thereIsOneChainInEveryWritersOrder() throws Exception {
    List<Process> instances = new ArrayList<>();
    try {
      for (int instance = 0; instance < INSTANCES; instance++) {
        instances.add(start("instance" + instance));
      }
      var done = new AtomicBoolean();
      var changes = new AtomicInteger();
      try (var _ = changing(done, changes)) {
        Process victim = instances.getFirst();
        Await.until("the first writes", PATIENCE, () -> isAcknowledged("instance0-"));
        victim.destroyForcibly().waitFor();
        instances.set(0, start("replacement"));
        for (Process instance : instances) {
          assertThat(instance.waitFor()).as("the process ends well").isZero();
        }
        done.set(true);
      }
      long rows = AuditChain.check(database, 0);
      System.out.printf(
          "four instances: %d rows in one chain, %d acknowledged, %d changes by an admin%n",
          rows, acknowledged.size(), changes.get());
      assertThat(changes.get()).isPositive();
      assertThat(rows).isGreaterThanOrEqualTo(2L * INSTANCES * THREADS * ROWS);
      requireWritersOrder();
    } finally {
      instances.forEach(Process::destroyForcibly);
    }
  }

  /// The measurement itself: one row of a sound log is taken away, or two change places.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM audit_log WHERE idx = 3",
        "UPDATE audit_log SET idx = CASE idx WHEN 4 THEN 5 ELSE 4 END WHERE idx IN (4, 5)",
        "UPDATE audit_log SET outcome = 'deny' WHERE idx = 2"
      })
  void aChangedLogIsCaught(String change) throws Exception {
    AppendLoop.main(AppendLoop.arguments(database, "few", 1, 6).toArray(String[]::new));
    assertThat(AuditChain.check(database, 0)).isEqualTo(12);
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET session_replication_role = replica");
      statement.execute(change);
    }
    assertThatThrownBy(() -> AuditChain.check(database, 0)).isInstanceOf(AssertionError.class);
  }

  /// Customers, one after the other, until all is done.
  private AutoCloseable changing(AtomicBoolean done, AtomicInteger changes) {
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try (var opened = Database.open(database)) {
                var keys = ApiKeyStore.postgres(opened, InstantSource.system());
                while (!done.get()) {
                  keys.createCustomer(
                      new CustomerId("customer-" + changes.incrementAndGet()),
                      "A customer",
                      "test");
                }
              }
            });
    return () -> {
      done.set(true);
      thread.join();
    };
  }

  private boolean isAcknowledged(String prefix) {
    return acknowledged.stream().anyMatch(line -> line.startsWith(prefix));
  }

  /// Every acknowledged row is there, and each writer's rows are in the order in which it wrote
  /// them.
  private void requireWritersOrder() throws SQLException {
    Map<String, Integer> last = new HashMap<>();
    try (Connection connection = Database.patient(database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT session_id, request_id FROM audit_log WHERE kind = 'decision' ORDER BY idx")) {
      while (row.next()) {
        int number = Integer.parseInt(row.getString(2));
        Integer before = last.put(row.getString(1), number);
        assertThat(number).isEqualTo(before == null ? 0 : before + 1);
      }
    }
    for (String line : acknowledged) {
      String[] words = line.split(" ", 2);
      assertThat(last.getOrDefault(words[0], -1))
          .as("the last row of " + words[0])
          .isGreaterThanOrEqualTo(Integer.parseInt(words[1]));
    }
  }

  private Process start(String name) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AppendLoop.class.getName()));
    command.addAll(AppendLoop.arguments(database, name, THREADS, ROWS));
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve(name + ".err").toFile())
            .directory(folder.toFile())
            .start();
    Thread.ofVirtual().start(() -> listen(process));
    return process;
  }

  /// A line of a killed process may be cut off; such a row was written all the same.
  private void listen(Process process) {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.matches("[a-z0-9-]+ [0-9]+")) {
          acknowledged.add(line);
        }
      }
    } catch (IOException e) {
      // It was killed.
    }
  }
}
