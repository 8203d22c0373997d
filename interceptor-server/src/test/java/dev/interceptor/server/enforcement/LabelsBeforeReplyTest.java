package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class LabelsBeforeReplyTest {
  @Test
  void theSinkIsClosedBeforeTheToolHasAnswered() {
    try (var enforced = Enforced.sound()) {
      String session = Enforced.freshSession();
      var meanwhile = new AtomicReference<Outcome>();
      enforced
          .tools()
          .answers(_ -> {
            meanwhile.set(enforced.leak(session));
            return ScriptedToolServer.completed(false);
          });
      assertThat(enforced.read(session)).isInstanceOf(Outcome.Answered.class);
      assertRefused(meanwhile.get());
    }
  }

  @Test
  void theSinkIsClosedAfterTheReplyAlthoughRedisForgotEverythingDuringTheCall() {
    try (var enforced = Enforced.sound()) {
      String session = Enforced.freshSession();
      enforced
          .tools()
          .answers(_ -> {
            Enforced.flushRedis();
            return ScriptedToolServer.completed(false);
          });
      assertThat(enforced.read(session)).isInstanceOf(Outcome.Answered.class);
      assertRefused(enforced.leak(session));
    }
  }

  @Test
  void theCallDoesNotLeaveIfACleanStateWasStoredBetweenTheDecisionAndItsRecord() {
    assertThatThrownBy(() -> leakAfterStateWasLostWhileRecording(Parts.SOUND))
        .isInstanceOfSatisfying(
            InterceptorException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
  }

  @Test
  void theSinkIsClosedAfterTheReplyAlsoIfTheCallLeft() {
    assertRefused(leakAfterStateWasLostWhileRecording(Parts.SOUND.withSessions(Trusting::new)));
  }

  @Test
  void aStoreThatLooksAgainNeitherBeforeTheTokenNorBeforeTheReplyIsCaught() {
    assertThat(leakAfterStateWasLostWhileRecording(Parts.SOUND.withSessions(Unconfirmed::new)))
        .isInstanceOf(Outcome.Answered.class);
  }

  /// Redis loses everything between the decision and its row, and another call of the session
  /// stores what the log knows until then: nothing.
  private static Outcome leakAfterStateWasLostWhileRecording(Parts parts) {
    var between = new AtomicReference<Runnable>(() -> {});
    try (var enforced = new Enforced(parts.withLog(log -> new Interrupted(log, between)))) {
      String session = Enforced.freshSession();
      between.set(() -> {
        Enforced.flushRedis();
        enforced.execute(session, "list_customers", "{}");
      });
      assertThat(enforced.read(session)).isInstanceOf(Outcome.Answered.class);
      return enforced.leak(session);
    }
  }

  @Test
  void theSinkIsClosedAlthoughTheToolTookLongerThanTheSessionLives() {
    Parts parts = Parts.SOUND.withIdle(Duration.ofSeconds(4));
    try (var enforced = new Enforced(parts)) {
      String session = Enforced.freshSession();
      enforced
          .tools()
          .answers(call -> {
            awaitAge(call.permit().row(), Duration.ofMillis(4_500));
            return ScriptedToolServer.completed(false);
          });
      assertThat(enforced.read(session)).isInstanceOf(Outcome.Answered.class);
      assertRefused(enforced.leak(session));
    }
  }

  private static void awaitAge(DecisionRecord row, Duration age) {
    while (Instant.now().isBefore(row.at().plus(age))) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void assertRefused(Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.denial().reason()).isEqualTo(ReasonCode.TAINTED));
  }

  /// Lets a test step in between the decision and the row of `read_customer`.
  private static final class Interrupted extends OpenedDecisionLog {
    private final AtomicReference<Runnable> between;

    Interrupted(DecisionLog log, AtomicReference<Runnable> between) {
      super(log);
      this.between = between;
    }

    @Override
    public RecordedPermit recordPermit(DecisionRecord row) {
      if (row.tool().name().value().equals("read_customer")) {
        between.get().run();
      }
      return super.recordPermit(row);
    }
  }

  /// Broken on purpose: takes what was reserved for granted when the row is written.
  private static class Trusting extends OpenedSessionStore {
    Trusting(SessionStore store) {
      super(store);
    }

    @Override
    public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
      return () -> true;
    }
  }

  private static final class Unconfirmed extends Trusting {
    Unconfirmed(SessionStore store) {
      super(store);
    }

    @Override
    public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
      // Broken on purpose.
    }
  }
}
