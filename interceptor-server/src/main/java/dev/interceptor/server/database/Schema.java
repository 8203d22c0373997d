package dev.interceptor.server.database;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ErrorDetails;
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
    return result.invalidMigrations.stream()
        .map(found -> "migration " + found.version + ": " + firstLine(found.errorDetails))
        .toList();
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
