package dev.interceptor.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.embedded.TestServices;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class SchemaTest {
  @Test
  void aMigratedDatabaseHasNoProblems() {
    DatabaseConfig config = TestServices.emptyDatabase();
    assertThat(Schema.migrate(Database.patient(config))).startsWith("1").doesNotHaveDuplicates();
    assertThat(Schema.problems(Database.patient(config))).isEmpty();
    assertThat(Schema.migrate(Database.patient(config))).isEmpty();
  }

  @Test
  void aDatabaseThatWasNeverMigratedIsRefused() {
    DatabaseConfig config = TestServices.emptyDatabase();
    try (var database = Database.open(config)) {
      assertThatThrownBy(database::requireKnownSchema)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("migrate");
    }
  }

  @Test
  void aVersionOfTheFutureIsRefused() throws SQLException {
    DatabaseConfig config = TestServices.freshDatabase();
    change(
        config,
        "INSERT INTO flyway_schema_history SELECT 99, '99', description, type, script, checksum,"
            + " installed_by, installed_on, execution_time, success FROM flyway_schema_history"
            + " WHERE version = '1'");
    assertThat(Schema.problems(Database.patient(config))).singleElement().asString().contains("99");
  }

  @Test
  void aMigrationThatWasEditedAfterItsUseIsRefused() throws SQLException {
    DatabaseConfig config = TestServices.freshDatabase();
    change(config, "UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '1'");
    assertThat(Schema.problems(Database.patient(config))).hasSize(1);
  }

  private static void change(DatabaseConfig config, String sql) throws SQLException {
    try (var connection = Database.patient(config).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
