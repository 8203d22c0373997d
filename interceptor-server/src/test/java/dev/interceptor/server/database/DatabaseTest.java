package dev.interceptor.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.embedded.TestServices;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DatabaseTest {
  @Test
  void aFrozenPostgresFailsAStatementWithinTwoSeconds() throws Exception {
    try (var database = Database.open(TestServices.freshDatabase())) {
      ask(database);
      try (var _ = TestServices.freezePostgres()) {
        for (int i = 0; i < 4; i++) {
          long start = System.nanoTime();
          assertThatThrownBy(() -> ask(database)).isInstanceOf(SQLException.class);
          assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Database.LONGEST_WAIT);
        }
      }
    }
  }

  @Test
  void anAbsentPostgresFailsAStatementWithinTwoSeconds() {
    var nobody = new DatabaseConfig("jdbc:postgresql://127.0.0.1:1/none", "nobody", "secret", 2);
    try (var database = Database.open(nobody)) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> ask(database)).isInstanceOf(SQLException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Database.LONGEST_WAIT);
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

  private static void ask(Database database) throws SQLException {
    try (var connection = database.pool().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }
}
