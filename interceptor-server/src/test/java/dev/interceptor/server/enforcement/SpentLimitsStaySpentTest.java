package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a limit has granted, while Redis forgets. INVARIANT (LostStateIsNeverClean).
final class SpentLimitsStaySpentTest {
  @TempDir private Path folder;

  /// Every test measures an argument of its own, so that none shares a counter in Redis.
  private Parts limited(String per) {
    String argument = "amount-" + Long.toString(System.nanoTime(), 36);
    return Parts.SOUND.withPolicy(
        folder,
        """
        version: 1
        name: limits
        static_rules: {pay: ALLOW}
        limits:
          - {id: pot, sum: args.%s, max: 1, per: %s}
        """
            .formatted(argument, per));
  }

  private static String amount(Parts parts, String value) throws IOException {
    String policy = Files.readString(parts.policy());
    int start = policy.indexOf("args.") + 5;
    return "{\"" + policy.substring(start, policy.indexOf(',', start)) + "\":" + value + "}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "hour"})
  void whatRedisForgotTheLogRemembers(String per) throws IOException {
    Parts parts = limited(per);
    String session = Enforced.freshSession();
    try (var enforced = new Enforced(parts)) {
      assertThat(enforced.execute(session, "pay", amount(parts, "0.6")))
          .isInstanceOf(Outcome.Answered.class);
      Enforced.flushRedis();
      assertThat(enforced.execute(session, "pay", amount(parts, "0.5")))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.denial().reason()).isEqualTo(ReasonCode.LIMIT_EXCEEDED));
      assertThat(enforced.execute(session, "pay", amount(parts, "0.4")))
          .isInstanceOf(Outcome.Answered.class);
    }
  }

  @Test
  void anHourlyLimitIsSharedByTheSessionsOfACustomer() throws IOException {
    Parts parts = limited("hour");
    try (var enforced = new Enforced(parts)) {
      enforced.execute(Enforced.freshSession(), "pay", amount(parts, "1"));
      assertThat(enforced.execute(Enforced.freshSession(), "pay", amount(parts, "0.000001")))
          .isInstanceOf(Outcome.Refused.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "hour"})
  void aChargeThatWasLostBeforeItWasOnRecordRefusesItsCall(String per) throws IOException {
    Parts parts = limited(per);
    try (var enforced = forgetful(parts, UnaryOperator.identity())) {
      assertThatThrownBy(() -> enforced.execute(parts))
          .isInstanceOfSatisfying(
              InterceptorException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
      assertThat(enforced.point().tools().received()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "hour"})
  void aStoreThatDoesNotLookAgainIsCaught(String per) throws IOException {
    Parts parts = limited(per);
    try (var enforced = forgetful(parts, Trusting::new)) {
      enforced.execute(parts);
      assertThat(enforced.point().tools().received()).as("both got the whole pot").hasSize(2);
    }
  }

  /// Between the first call's charge and its record Redis forgets, and a second call is made.
  private static Forgetful forgetful(Parts parts, UnaryOperator<SessionStore> sessions) {
    var meanwhile = new AtomicReference<Runnable>();
    var enforced =
        new Enforced(parts.withSessions(sessions).withLog(log -> new Interrupted(log, meanwhile)));
    return new Forgetful(enforced, meanwhile);
  }

  private record Forgetful(Enforced point, AtomicReference<Runnable> meanwhile)
      implements AutoCloseable {
    Outcome execute(Parts parts) throws IOException {
      String session = Enforced.freshSession();
      String all = amount(parts, "1");
      meanwhile.set(() -> {
        Enforced.flushRedis();
        assertThat(point.execute(session, "pay", all)).isInstanceOf(Outcome.Answered.class);
      });
      return point.execute(session, "pay", all);
    }

    @Override
    public void close() {
      point.close();
    }
  }

  private static final class Interrupted extends OpenedDecisionLog {
    private final AtomicReference<Runnable> meanwhile;
    private final AtomicBoolean done = new AtomicBoolean();

    Interrupted(DecisionLog log, AtomicReference<Runnable> meanwhile) {
      super(log);
      this.meanwhile = meanwhile;
    }

    @Override
    public RecordedPermit recordPermit(DecisionRecord row) {
      if (done.compareAndSet(false, true)) {
        meanwhile.get().run();
      }
      return super.recordPermit(row);
    }
  }

  /// Broken on purpose: believes that a charge is never lost.
  private static final class Trusting extends OpenedSessionStore {
    Trusting(SessionStore store) {
      super(store);
    }

    @Override
    public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
      return () -> true;
    }
  }
}
