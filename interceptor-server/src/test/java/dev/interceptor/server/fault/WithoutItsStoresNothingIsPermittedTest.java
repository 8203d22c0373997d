package dev.interceptor.server.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.BrokenServer;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient.Reply;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.live.ServerProcess.Launch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The server as a process, 32 callers, and its PostgreSQL or Redis stopped or frozen.
///
/// *Nothing forwarded* means: no call that was sent while the fault was complete was executed by
/// the tool server, found by joining the tool server's journal with the decisions of the sessions
/// that only those calls used; and every executed call, also one that was under way when the fault
/// began, has its permit on record.
final class WithoutItsStoresNothingIsPermittedTest {
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /// For a machine that is busy with other work: the deadline is kept by timers, the answer still
  /// needs a processor.
  private static final Duration SCHEDULING = Duration.ofSeconds(1);

  private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(10);
  private static final int MORE_THREADS = 16;
  private static final Set<String> UNAVAILABLE = Set.of("STATE_UNAVAILABLE", "AUDIT_UNAVAILABLE");

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
  @EnumSource
  void everyAnswerIs503InTimeAndNothingIsForwarded(Fault fault) throws Exception {
    try (ServerProcess server = stack.serve()) {
      FaultRun.Observed observed = new FaultRun(stack, server).observe(fault);
      report(fault, observed);
      judge(observed);
    }
  }

  @Test
  void aServerThatTakesLostSessionsForNewOnesIsCaught() throws Exception {
    var launch =
        new Launch(
            BrokenServer.class,
            List.of(BrokenServer.FAIL_OPEN),
            List.of(),
            stack.config(),
            stack.log(20));
    try (ServerProcess server = stack.serve(launch)) {
      FaultRun.Observed observed = new FaultRun(stack, server).observe(Fault.REDIS_STOPPED);
      assertThatThrownBy(() -> judge(observed)).isInstanceOf(AssertionError.class);
      assertThat(executed(observed.duringSessions())).isNotEmpty();
    }
  }

  private static void judge(FaultRun.Observed observed) throws SQLException {
    assertThat(observed.during()).isNotEmpty();
    assertThat(observed.during())
        .allSatisfy(reply -> {
          assertThat(reply.status()).as(reply.body()).isEqualTo(503);
          assertThat(reply.code()).isIn(UNAVAILABLE);
          assertThat(reply.took()).isLessThan(DEADLINE.plus(SCHEDULING));
        });
    assertThat(observed.straddling())
        .allSatisfy(reply -> {
          assertThat(reply.status()).as(reply.body()).isIn(200, 503);
          assertThat(reply.took()).isLessThan(DEADLINE.plus(SCHEDULING));
        });
    assertThat(executed(observed.duringSessions())).isEmpty();
    assertThat(stack.dev().unrecordedCalls()).isZero();
    assertThat(observed.mostThreads()).isLessThan(observed.threadsBefore() + MORE_THREADS);
    assertThat(observed.recovery()).isLessThan(LONGEST_RECOVERY);
  }

  /// The decisions of these sessions that a tool was executed for.
  private static Set<String> executed(String sessionPrefix) throws SQLException {
    var decided = new HashSet<String>();
    try (var connection = Database.patient(stack.config().database()).getConnection();
        var statement =
            connection.prepareStatement(
                "SELECT decision_id::text FROM audit_log"
                    + " WHERE kind = 'decision' AND starts_with(session_id, ?)")) {
      statement.setString(1, sessionPrefix);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          decided.add(rows.getString(1));
        }
      }
    }
    decided.retainAll(stack.dev().toolServer().executedDecisions());
    return decided;
  }

  private static void report(Fault fault, FaultRun.Observed observed) {
    System.out.printf(
        "%s: %d answers, slowest %s; %d straddling, slowest %s; threads %d to %d; recovery %s, all %s%n",
        fault,
        observed.during().size(),
        slowest(observed.during()),
        observed.straddling().size(),
        slowest(observed.straddling()),
        observed.threadsBefore(),
        observed.mostThreads(),
        observed.recovery(),
        observed.allRecovered());
  }

  private static Duration slowest(List<Reply> replies) {
    return replies.stream().map(Reply::took).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
  }
}
