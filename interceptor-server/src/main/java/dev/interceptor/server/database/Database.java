package dev.interceptor.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A pool of PostgreSQL connections for the request path.
///
/// *Guarantees*: a single statement answers or fails within [#longestWait], the wait for a
/// connection included, even when PostgreSQL accepts connections and then says nothing. Safe for
/// use by many threads. *Does not*: create or check the schema ([Schema] does).
public final class Database implements AutoCloseable {
  /// Of the timeout: the wait for a connection in the pool, and for an idle one to prove itself.
  private static final double SHARE_FOR_CONNECTION = 0.7;

  private static final int NO_LIMIT = 0;
  private static final int SECONDS_FOR_PATIENT_CONNECT = 10;

  private final DatabaseConfig config;
  private final HikariDataSource pool;

  private Database(DatabaseConfig config, HikariDataSource pool) {
    this.config = config;
    this.pool = pool;
  }

  /// Opens a pool that fills itself in the background: this neither waits for PostgreSQL nor fails
  /// because it is away.
  public static Database open(DatabaseConfig config) {
    var settings = new HikariConfig();
    settings.setDataSource(dataSource(config, answerSeconds(config)));
    settings.setPoolName("database");
    settings.setMaximumPoolSize(config.poolSize());
    settings.setMinimumIdle(Math.min(2, config.poolSize()));
    settings.setConnectionTimeout(share(config, SHARE_FOR_CONNECTION));
    settings.setValidationTimeout(share(config, SHARE_FOR_CONNECTION));
    settings.setInitializationFailTimeout(-1);
    settings.setConnectionInitSql(givingUp(config));
    return new Database(config, new HikariDataSource(settings));
  }

  /// What PostgreSQL ends by itself, because it does not notice that the connection was given up: a
  /// wait for a lock, a statement, a transaction whose owner is silent and may hold the log's head.
  private static String givingUp(DatabaseConfig config) {
    return "SET lock_timeout = %d; SET statement_timeout = %d;"
            .formatted(share(config, 0.9), share(config, 1.5))
        + " SET idle_in_transaction_session_timeout = %d; SET tcp_user_timeout = %d"
            .formatted(share(config, 3), share(config, 5));
  }

  private static long share(DatabaseConfig config, double share) {
    return Math.round(config.timeout().toMillis() * share);
  }

  private static int answerSeconds(DatabaseConfig config) {
    return (int) config.timeout().toSeconds();
  }

  /// The longest that one statement can take, in the pool or on a fresh connection.
  public Duration longestWait() {
    return config.timeout().multipliedBy(2);
  }

  /// One connection beside this pool, for work that must not wait behind the request path; to be
  /// closed on its own.
  public Database apart() {
    return open(config.withPoolSize(1));
  }

  /// The pool. A statement that is not answered within the configured timeout fails and its
  /// connection is discarded.
  public DataSource pool() {
    return pool;
  }

  /// A connection outside the pool, for the one that listens for notifications. It keeps the TCP
  /// connection alive, and a read that is not answered within the configured timeout fails.
  public Connection dedicated() throws SQLException {
    return dataSource(config, answerSeconds(config)).getConnection();
  }

  /// Refuses a database whose schema is not exactly the one that this version knows.
  ///
  /// @throws IllegalStateException naming every difference and what to do
  /// @throws org.flywaydb.core.api.FlywayException if the database cannot be asked
  public void requireKnownSchema() {
    List<String> problems = Schema.problems(patient(config));
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "the database's schema is not the one of this version, see `./interceptor migrate`: "
              + String.join("; ", problems));
    }
  }

  /// Connections for work that may take long: migrations, exports. Not for the request path; every
  /// use opens a connection of its own.
  public static DataSource patient(DatabaseConfig config) {
    return dataSource(config, NO_LIMIT);
  }

  private static DataSource dataSource(DatabaseConfig config, int answerSeconds) {
    var source = new PGSimpleDataSource();
    source.setUrl(config.jdbcUrl());
    source.setUser(config.user());
    source.setPassword(new String(config.password().insecureBytes(), StandardCharsets.UTF_8));
    int connectSeconds = answerSeconds == NO_LIMIT ? SECONDS_FOR_PATIENT_CONNECT : answerSeconds;
    source.setConnectTimeout(connectSeconds);
    source.setLoginTimeout(connectSeconds);
    source.setSocketTimeout(answerSeconds);
    source.setCancelSignalTimeout(1);
    source.setTcpKeepAlive(true);
    source.setApplicationName("interceptor");
    return source;
  }

  @Override
  public void close() {
    pool.close();
  }
}
