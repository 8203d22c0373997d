package dev.interceptor.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RunningTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DatabaseTest {
  @Test
  void aFrozenPostgresFailsAStatementWithinTwoSeconds() throws Exception {
    try (var database = Database.open(TestServices.impatientDatabase())) {
      Await.until("connected", Duration.ofSeconds(20), () -> answers(database));
      try (var _ = TestServices.freezePostgres()) {
        for (int i = 0; i < 4; i++) {
          long start = RunningTime.nanoTime();
          assertThatThrownBy(() -> ask(database)).isInstanceOf(SQLException.class);
          assertThat(RunningTime.since(start)).isLessThan(database.longestWait());
        }
      }
    }
  }

  @Test
  void anAbsentPostgresFailsAStatementWithinTwoSeconds() {
    var nobody = new DatabaseConfig("jdbc:postgresql://127.0.0.1:1/none", "nobody", "secret", 2);
    try (var database = Database.open(nobody)) {
      long start = RunningTime.nanoTime();
      assertThatThrownBy(() -> ask(database)).isInstanceOf(SQLException.class);
      assertThat(RunningTime.since(start)).isLessThan(database.longestWait());
    }
  }

  @Test
  void postgresGivesUpInProportionToTheTimeout() throws SQLException {
    DatabaseConfig config = TestServices.freshDatabase();
    try (var usual = Database.open(config.withTimeout(DatabaseConfig.TIMEOUT));
        var patient = Database.open(config.withTimeout(Duration.ofSeconds(4)))) {
      assertThat(given(usual, "lock_timeout")).isEqualTo("900ms");
      assertThat(given(usual, "statement_timeout")).isEqualTo("1500ms");
      assertThat(given(patient, "statement_timeout")).isEqualTo("6s");
      assertThat(given(patient, "idle_in_transaction_session_timeout")).isEqualTo("12s");
      assertThat(patient.longestWait()).isEqualTo(Duration.ofSeconds(8));
    }
  }

  @Test
  void aTimeoutThatIsNoneIsRefused() {
    DatabaseConfig config = TestServices.freshDatabase();
    for (Duration wrong :
        List.of(Duration.ZERO, Duration.ofMillis(1_500), Duration.ofSeconds(31))) {
      assertThatThrownBy(() -> config.withTimeout(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 30 whole seconds");
    }
  }

  @Test
  void thePasswordIsNotPrinted() {
    var config = new DatabaseConfig("jdbc:postgresql://127.0.0.1:1/none", "nobody", "secret", 2);
    assertThat(config.toString()).doesNotContain("secret");
  }

  @Test
  void anAddressWithAPasswordIsRefusedWithoutBeingEchoed() {
    assertThatThrownBy(
            () -> new DatabaseConfig("jdbc:postgresql://h/d?password=hush", "nobody", "x", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hush");
  }

  private static String given(Database database, String setting) throws SQLException {
    try (var connection = database.pool().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW " + setting)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static boolean answers(Database database) {
    try {
      ask(database);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void ask(Database database) throws SQLException {
    try (var connection = database.pool().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }
}
