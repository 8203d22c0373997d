package dev.interceptor.server.pinning;

import static dev.interceptor.server.pinning.ListingServer.definition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JooqPinStoreTest extends PinStoreContract {
  private static final int RACES = 30;
  private static final int TOOLS = 40;

  private final DatabaseConfig config = TestServices.freshDatabase();
  private Database database;

  @BeforeAll
  void connect() {
    database = Database.open(config);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Override
  PinStore open(InstantSource clock) {
    return PinStore.postgres(database.pool(), clock);
  }

  private static List<ToolDefinition> listing(String description) {
    return new ArrayList<>(
        IntStream.range(0, TOOLS)
            .mapToObj(i ->
                definition("{\"name\":\"t%d\",\"description\":\"%s\"}".formatted(i, description)))
            .toList());
  }

  /// INVARIANT (FirstSightsCannotBothWin): in whatever order two instances list the tools.
  @Test
  void ofTwoFirstSightsOneIsPinned() throws Exception {
    PinStore one = open(InstantSource.system());
    PinStore other = open(InstantSource.system());
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int race = 0; race < RACES; race++) {
        var upstream = new UpstreamName("race-" + race);
        List<ToolDefinition> left = listing("left");
        List<ToolDefinition> right = listing("right");
        Collections.reverse(right);
        var start = new CyclicBarrier(2);
        Future<?> first =
            executor.submit(() -> {
              start.await();
              one.see(upstream, Pinning.FIRST_SIGHT, left);
              return true;
            });
        Future<?> second =
            executor.submit(() -> {
              start.await();
              other.see(upstream, Pinning.FIRST_SIGHT, right);
              return true;
            });
        first.get();
        second.get();
        for (ToolDefinition tool : left) {
          assertThat(one.history(new ToolRef(upstream, tool.name()))).hasSize(1);
        }
      }
    }
  }

  @Test
  void nobodyRewritesTheRecord() throws SQLException {
    PinStore store = open(InstantSource.system());
    var upstream = new UpstreamName("record");
    store.see(upstream, Pinning.FIRST_SIGHT, List.of(definition("{\"name\":\"a\"}")));
    try (var connection = database.pool().getConnection();
        var statement = connection.createStatement()) {
      for (String change :
          List.of(
              "UPDATE tool_pin_history SET pinned_by = 'x'",
              "DELETE FROM tool_pin_history",
              "TRUNCATE tool_pin_history")) {
        assertThatThrownBy(() -> statement.execute(change)).hasMessageContaining("written once");
      }
    }
    assertThat(store.history(new ToolRef(upstream, new ToolName("a")))).hasSize(1);
  }

  @Test
  void aDatabaseThatIsAwayIsUnavailable() {
    try (var nowhere =
        Database.open(
            new DatabaseConfig("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none", 1))) {
      PinStore store = PinStore.postgres(nowhere.pool(), InstantSource.system());
      assertThatThrownBy(store::all)
          .asInstanceOf(InstanceOfAssertFactories.type(InterceptorException.class))
          .extracting(InterceptorException::code)
          .isEqualTo(ErrorCode.STATE_UNAVAILABLE);
    }
  }
}
