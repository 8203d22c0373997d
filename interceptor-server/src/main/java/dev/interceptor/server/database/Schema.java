package dev.interceptor.server.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Compares the database's schema with the migrations that this version ships, and applies them.
///
/// Both need [Database#patient] connections: a migration may run for minutes.
public final class Schema {
  private Schema() {}

  /// Every reason not to serve on this database: migrations that are pending, failed or changed,
  /// and versions that this build does not know. Empty when the schema is exactly ours. Changes
  /// nothing.
  ///
  /// @throws org.flywaydb.core.api.FlywayException if the database cannot be asked
  public static List<String> problems(DataSource database) {
    var result =
        migrations(database).ignoreMigrationPatterns(new String[0]).load().validateWithResult();
    Stream<String> migrations =
        result.invalidMigrations.stream()
            .map(found -> "migration " + found.version + ": " + firstLine(found.errorDetails));
    return Stream.concat(migrations, encodingProblem(database).stream()).toList();
  }

  /// Text of any language has to fit into a row, or one call could keep others from being recorded.
  private static Optional<String> encodingProblem(DataSource database) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW server_encoding")) {
      return row.next() && row.getString(1).equals("UTF8")
          ? Optional.empty()
          : Optional.of("the database's encoding is not UTF8: create it with that");
    } catch (SQLException e) {
      throw new FlywayException("the database cannot be asked", e);
    }
  }

  /// Brings the schema up to this version.
  ///
  /// @return the versions that were applied, in order; empty if there was nothing to do
  /// @throws org.flywaydb.core.api.FlywayException if a migration fails or the schema is not ours
  public static List<String> migrate(DataSource database) {
    var result = migrations(database).load().migrate();
    return result.migrations.stream().map(done -> done.version).toList();
  }

  private static FluentConfiguration migrations(DataSource database) {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(database)
        .locations("classpath:db/migration")
        .cleanDisabled(true)
        .baselineOnMigrate(false);
  }

  private static String firstLine(ErrorDetails details) {
    return details.errorMessage.lines().findFirst().orElse("differs");
  }
}
