package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.server.audit.PromisingLog;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.live.RunningTime;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class NothingSignedBeforeRecordedTest {
  private static final int CALLS = 64;
  private static final int CALLERS = 8;

  @Test
  void theRowIsCommittedWhenTheToolServerSeesTheCall() {
    try (var enforced = Enforced.sound()) {
      assertThat(unrecordedOnArrival(enforced)).isZero();
    }
  }

  @Test
  void aLogThatPromisesTheRowIsCaught() {
    try (var enforced = new Enforced(Parts.SOUND.withLog(PromisingLog::new))) {
      assertThat(unrecordedOnArrival(enforced)).isPositive();
    }
  }

  @Test
  void aRowThatCannotBeWrittenInTimeIsNeitherSignedNorForwarded() throws Exception {
    try (var enforced = Enforced.impatient()) {
      String session = Enforced.freshSession();
      enforced.execute(session, "list_customers", "{}");
      int before = enforced.signatures();
      try (var connection = Database.patient(enforced.database()).getConnection();
          var statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("LOCK TABLE audit_log IN EXCLUSIVE MODE");
        long start = RunningTime.nanoTime();
        for (String route : new String[] {"execute", "authorize"}) {
          assertThatThrownBy(() -> call(enforced, route, session))
              .isInstanceOfSatisfying(
                  InterceptorException.class,
                  failure -> assertThat(failure.code()).isEqualTo(ErrorCode.AUDIT_UNAVAILABLE));
        }
        assertThat(RunningTime.since(start))
            .isLessThan(Enforced.SHORT_DEADLINE.multipliedBy(2).plusSeconds(1));
      }
      assertThat(enforced.signatures()).isEqualTo(before);
      assertThat(enforced.tools().received()).hasSize(1);
    }
  }

  private static Outcome call(Enforced enforced, String route, String session) {
    return route.equals("execute")
        ? enforced.execute(session, "list_customers", "{}")
        : enforced.authorize(session, "list_customers", "{}");
  }

  /// Calls whose permit another connection could not see when the tool server had them.
  private static int unrecordedOnArrival(Enforced enforced) {
    var unrecorded = new AtomicInteger();
    enforced
        .tools()
        .answers(call -> {
          if (!enforced.isRecorded(call.permit().row().decisionId())) {
            unrecorded.incrementAndGet();
          }
          return ScriptedToolServer.completed(false);
        });
    try (var threads = Executors.newFixedThreadPool(CALLERS)) {
      for (int call = 0; call < CALLS; call++) {
        threads.execute(() -> enforced.execute(Enforced.freshSession(), "list_customers", "{}"));
      }
    }
    assertThat(enforced.tools().received()).hasSizeGreaterThan(CALLS / 2);
    return unrecorded.get();
  }
}
