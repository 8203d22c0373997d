package dev.interceptor.server.database;

/// Where PostgreSQL is and how many connections the pool may hold.
///
/// @param jdbcUrl starts with `jdbc:postgresql:` and holds no credentials
/// @param poolSize 1 to 200
public record DatabaseConfig(String jdbcUrl, String user, DatabasePassword password, int poolSize) {
  /// @throws IllegalArgumentException if the address is not PostgreSQL's, carries a password or the
  ///   pool size is out of bounds; the message never echoes the address
  public DatabaseConfig {
    if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "the database address does not start with `jdbc:postgresql:`");
    }
    if (jdbcUrl.contains("password=")) {
      throw new IllegalArgumentException("the database address must not carry the password");
    }
    if (poolSize < 1 || poolSize > 200) {
      throw new IllegalArgumentException("the database pool size is not 1 to 200");
    }
  }

  /// The same with the password as plain text.
  public DatabaseConfig(String jdbcUrl, String user, String password, int poolSize) {
    this(jdbcUrl, user, new DatabasePassword(password), poolSize);
  }
}
