package dev.interceptor.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.live.AuditChain;
import dev.interceptor.server.live.Await;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A commit that PostgreSQL has done and could not tell.
final class LostAcknowledgementTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// @param others whether another instance appends before the batch is repeated
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOutcomeThatIsRepeatedIsThereOnce(boolean others) throws Exception {
    DatabaseConfig config = TestServices.freshDatabase();
    var lose = new AtomicBoolean(true);
    try (var database = Database.open(config);
        DecisionLog other = DecisionLog.postgres(database.pool(), PATIENCE)) {
      Runnable lost =
          () -> {
            if (others) {
              other.recordNow(outcome());
            }
          };
      try (DecisionLog log = DecisionLog.postgres(deaf(database.pool(), lose, lost), PATIENCE)) {
        log.record(outcome());
        Await.until("the loss", PATIENCE, () -> !lose.get());
        log.recordNow(outcome());
      }
      assertThat(AuditChain.size(config)).isEqualTo(others ? 3 : 2);
    }
  }

  private static OutcomeRecord outcome() {
    return new OutcomeRecord(
        UUID.randomUUID().toString(),
        Instant.now(),
        OutcomeRecord.Status.COMPLETED,
        Collections.emptySortedSet(),
        Duration.ZERO);
  }

  /// The connections of a source, of which one does not hear that it has committed.
  private static DataSource deaf(DataSource source, AtomicBoolean lose, Runnable lost) {
    return proxy(
        DataSource.class,
        source,
        (name, result) ->
            result instanceof Connection connection
                ? proxy(
                    Connection.class,
                    connection,
                    (method, answer) -> {
                      if (method.equals("commit") && lose.compareAndSet(true, false)) {
                        lost.run();
                        throw new SQLException("the connection is gone");
                      }
                      return answer;
                    })
                : result);
  }

  private interface Then {
    Object apply(String method, Object result) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, T real, Then then) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                return then.apply(method.getName(), method.invoke(real, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
