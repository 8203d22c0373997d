package dev.interceptor.server.database;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/// Where PostgreSQL is, how many connections the pool may hold and how long to wait for it.
///
/// @param jdbcUrl starts with `jdbc:postgresql:` and holds no credentials
/// @param poolSize 1 to 200
/// @param timeout for the answer to one statement, whole seconds from 1 to 30
public record DatabaseConfig(
    String jdbcUrl, String user, DatabasePassword password, int poolSize, Duration timeout) {
  /// What `timeout` is where nobody says otherwise.
  public static final Duration TIMEOUT = Duration.ofSeconds(1);

  /// What `timeout` is at most.
  public static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);

  /// @throws IllegalArgumentException if the address is not PostgreSQL's, carries a password, or a
  ///   number is out of bounds; the message never echoes the address
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
    if (timeout.compareTo(TIMEOUT) < 0
        || timeout.compareTo(LONGEST_TIMEOUT) > 0
        || !timeout.equals(timeout.truncatedTo(ChronoUnit.SECONDS))) {
      throw new IllegalArgumentException("the database timeout is not 1 to 30 whole seconds");
    }
  }

  /// The same with the password as plain text and the usual timeout.
  public DatabaseConfig(String jdbcUrl, String user, String password, int poolSize) {
    this(jdbcUrl, user, new DatabasePassword(password), poolSize, TIMEOUT);
  }

  public DatabaseConfig withPoolSize(int size) {
    return new DatabaseConfig(jdbcUrl, user, password, size, timeout);
  }

  public DatabaseConfig withTimeout(Duration other) {
    return new DatabaseConfig(jdbcUrl, user, password, poolSize, other);
  }
}
