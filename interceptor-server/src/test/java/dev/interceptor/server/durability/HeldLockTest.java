package dev.interceptor.server.durability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.ServerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody holds the lock that every append needs. PostgreSQL is well otherwise, and gives a
/// statement up by itself where its role has a `statement_timeout`.
final class HeldLockTest {
  /// Two servers, each with one that appends and few that do so now and then.
  private static final int FEW = 6;

  private static LiveStack stack;

  @BeforeAll
  static void start() throws Exception {
    stack = LiveStack.impatient();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "250ms"})
  void aHeldLockRefusesInTimeAndPilesNothingUp(String statementTimeout) throws Exception {
    try (Connection holder = Database.patient(stack.config().database()).getConnection();
        Statement statement = holder.createStatement()) {
      statement.execute(
          "ALTER ROLE CURRENT_USER SET statement_timeout = '" + statementTimeout + "'");
      try (ServerProcess server = stack.serve()) {
        holder.setAutoCommit(false);
        new StalledRun(stack, server)
            .observe(
                "lock held, statement_timeout " + statementTimeout,
                () -> {
                  statement.execute("SET LOCAL statement_timeout = 0");
                  statement.execute("SELECT size FROM audit_head FOR UPDATE");
                  return () -> {
                    int waiting = waiting(statement);
                    holder.rollback();
                    statement.execute("ALTER ROLE CURRENT_USER RESET statement_timeout");
                    holder.commit();
                    assertThat(waiting).as("sessions that wait for it").isLessThanOrEqualTo(FEW);
                  };
                });
      }
    }
  }

  private static int waiting(Statement statement) throws SQLException {
    try (ResultSet found =
        statement.executeQuery(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
      found.next();
      return found.getInt(1);
    }
  }
}
