package dev.interceptor.benchmarks.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Whether PostgreSQL answers a commit before it is on the disk, switched while the product runs,
/// and what its commits cost.
final class Durability implements AutoCloseable {
  private static final String USER = "postgres";

  /// The product's sessions; each tells what it did when it ends.
  private static final String END_SESSIONS =
      """
      SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
      """;

  private static final String COUNTS =
      """
      SELECT (SELECT size FROM audit_head),
        (SELECT coalesce(sum(fsyncs), 0) FROM pg_stat_io WHERE object = 'wal')
      """;

  private final Connection connection;

  /// So far.
  ///
  /// @param rows of the audit log
  /// @param flushes of the write-ahead log to the disk
  record Counts(double rows, double flushes) {
    Counts since(Counts before) {
      return new Counts(rows - before.rows, flushes - before.flushes);
    }

    Counts plus(Counts more) {
      return new Counts(rows + more.rows, flushes + more.flushes);
    }
  }

  private Durability(Connection connection) {
    this.connection = connection;
  }

  /// @param url of a PostgreSQL that trusts local users
  static Durability of(String url) throws SQLException {
    return new Durability(DriverManager.getConnection(url, USER, USER));
  }

  /// From now on; the product's sessions are ended, because a role's setting is that of new ones.
  ///
  /// @return what had happened until then
  Counts switchTo(boolean durable) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER ROLE " + USER + " SET synchronous_commit TO " + (durable ? "on" : "off"));
      statement.execute(END_SESSIONS);
      try (ResultSet row = statement.executeQuery(COUNTS)) {
        row.next();
        return new Counts(row.getDouble(1), row.getDouble(2));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
