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
/// *Guarantees*: a single statement answers or fails within [#LONGEST_WAIT], the wait for a
/// connection included, even when PostgreSQL accepts connections and then says nothing. Safe for
/// use by many threads. *Does not*: create or check the schema ([Schema] does).
public final class Database implements AutoCloseable {
  /// The longest that one statement can take, in a pool or on a fresh connection.
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private static final Duration WAIT_FOR_CONNECTION = Duration.ofMillis(700);
  private static final Duration IDLE_CHECK = Duration.ofMillis(700);
  private static final int SECONDS_FOR_AN_ANSWER = 1;

  /// What PostgreSQL ends by itself, because it does not notice that the connection was given up: a
  /// wait for a lock, a statement, a transaction whose owner is silent and may hold the log's head.
  private static final String GIVE_UP =
      "SET lock_timeout = '900ms'; SET statement_timeout = '1500ms';"
          + " SET idle_in_transaction_session_timeout = '3s'; SET tcp_user_timeout = '5s'";

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
    settings.setDataSource(dataSource(config, SECONDS_FOR_AN_ANSWER));
    settings.setPoolName("database");
    settings.setMaximumPoolSize(config.poolSize());
    settings.setMinimumIdle(Math.min(2, config.poolSize()));
    settings.setConnectionTimeout(WAIT_FOR_CONNECTION.toMillis());
    settings.setValidationTimeout(IDLE_CHECK.toMillis());
    settings.setInitializationFailTimeout(-1);
    settings.setConnectionInitSql(GIVE_UP);
    return new Database(config, new HikariDataSource(settings));
  }

  /// One connection beside this pool, for work that must not wait behind the request path; to be
  /// closed on its own.
  public Database apart() {
    return open(new DatabaseConfig(config.jdbcUrl(), config.user(), config.password(), 1));
  }

  /// The pool. A statement that is not answered within a second fails and its connection is
  /// discarded.
  public DataSource pool() {
    return pool;
  }

  /// A connection outside the pool, for the one that listens for notifications. It keeps the TCP
  /// connection alive, and a read that is not answered within a second fails.
  public Connection dedicated() throws SQLException {
    return dataSource(config, SECONDS_FOR_AN_ANSWER).getConnection();
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
    int connectSeconds = answerSeconds == NO_LIMIT ? SECONDS_FOR_PATIENT_CONNECT : 1;
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
