package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two tools of which a session may use one. What the first call reserved is lost, or put aside by
/// another policy, before it is on record, and the second call is made meanwhile: one of the two
/// reaches the tool server.
///
/// INVARIANT (RacingCallsCannotBothPass).
final class LostReservationsTest {
  private static final String TAGS =
      """
      name: tags
      static_rules: {read: ALLOW, send: ALLOW}
      taint_rules:
        - {id: was-read, tool: read, action: ADD_TAINT, tag: was-read}
        - {id: was-sent, tool: send, action: ADD_TAINT, tag: was-sent}
        - {id: read-after-send, tool: read, action: CHECK_TAINT, forbidden_tags: [was-sent]}
        - {id: send-after-read, tool: send, action: CHECK_TAINT, forbidden_tags: [was-read]}
      """;
  private static final String SEQUENCES =
      """
      name: sequences
      static_rules: {read: ALLOW, send: ALLOW}
      taint_rules:
        - id: send-after-read
          tool: send
          action: BLOCK
          pattern: {type: sequence, steps: [{tool: read}, {tool: send}]}
        - id: read-after-send
          tool: read
          action: BLOCK
          pattern: {type: sequence, steps: [{tool: send}, {tool: read}]}
      """;

  @TempDir private Path folder;

  private Parts under(String policy) {
    return Parts.SOUND.withPolicy(folder, policy);
  }

  @ParameterizedTest
  @ValueSource(strings = {TAGS, SEQUENCES})
  void aReservationThatIsLostBeforeItIsOnRecordRefusesItsCall(String policy) {
    assertThat(forwardedAfterLoss(under(policy))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {TAGS, SEQUENCES})
  void aStoreThatDoesNotLookAgainIsCaught(String policy) {
    assertThat(forwardedAfterLoss(under(policy).withSessions(Trusting::new))).isEqualTo(2);
  }

  /// How many of the two calls reach the tool server.
  private static int forwardedAfterLoss(Parts parts) {
    String session = Enforced.freshSession();
    var meanwhile = new ArrayDeque<Runnable>();
    try (var enforced = new Enforced(parts.withLog(log -> new Interrupted(log, meanwhile)))) {
      meanwhile.add(() -> {
        Enforced.flushRedis();
        assertThat(isForwarded(enforced, session, "send")).isTrue();
      });
      isForwarded(enforced, session, "read");
      return enforced.tools().received().size();
    }
  }

  /// The second read finds what it leaves there already, put there by a read that is not on record
  /// yet.
  @Test
  void aPermitThatLeavesNothingNewIsLookedAtToo() {
    String session = Enforced.freshSession();
    var meanwhile = new ArrayDeque<Runnable>();
    Parts parts = under(SEQUENCES).withLog(log -> new Interrupted(log, meanwhile));
    try (var enforced = new Enforced(parts)) {
      meanwhile.add(() -> isForwarded(enforced, session, "read"));
      meanwhile.add(() -> {
        Enforced.flushRedis();
        assertThat(isForwarded(enforced, session, "send")).isTrue();
      });
      isForwarded(enforced, session, "read");
      assertThat(enforced.tools().received()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TAGS, SEQUENCES})
  void anotherPolicyKnowsACallThatIsNotOnRecordYetOrItIsRefused(String policy) {
    String session = Enforced.freshSession();
    DatabaseConfig database = TestServices.freshDatabase();
    var meanwhile = new ArrayDeque<Runnable>();
    Parts parts = under(policy).withLog(log -> new Interrupted(log, meanwhile));
    try (var enforced = new Enforced(parts, database);
        var other = new Enforced(under(policy.replace("name: ", "name: other-")), database)) {
      meanwhile.add(() -> isForwarded(other, session, "send"));
      isForwarded(enforced, session, "read");
      assertThat(enforced.tools().received().size() + other.tools().received().size()).isEqualTo(1);
    }
  }

  /// A call under another policy works out the session's sequences from the log, which may take
  /// several readings; the first call is committed after one of them, before anything is stored.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCallThatIsCommittedBetweenReadingTheLogAndStoringIsNotMissed(int reading) throws Exception {
    String session = Enforced.freshSession();
    DatabaseConfig database = TestServices.freshDatabase();
    var reserved = new CountDownLatch(1);
    var logRead = new CountDownLatch(1);
    var meanwhile =
        new ArrayDeque<Runnable>(
            List.of(() -> {
              reserved.countDown();
              await(logRead);
            }));
    var read = new CompletableFuture<Boolean>();
    Parts parts = under(SEQUENCES).withLog(log -> new Interrupted(log, meanwhile));
    Parts others =
        under(SEQUENCES.replace("name: ", "name: other-"))
            .withLog(log ->
                new ReadThen(
                    log,
                    reading,
                    () -> {
                      logRead.countDown();
                      read.join();
                    }));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var enforced = new Enforced(parts, database);
        var other = new Enforced(others, database)) {
      var _ = read.completeAsync(() -> isForwarded(enforced, session, "read"), threads);
      await(reserved);
      boolean sent;
      try {
        sent = isForwarded(other, session, "send");
      } finally {
        logRead.countDown();
      }
      assertThat(sent).isNotEqualTo(read.join());
    }
  }

  /// @return false if it is refused for what the session did, or because that is not known
  private static boolean isForwarded(Enforced enforced, String session, String tool) {
    try {
      return enforced.execute(session, tool, "{}") instanceof Outcome.Answered;
    } catch (InterceptorException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
      return false;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs what is next just before a permit is written.
  private static final class Interrupted extends OpenedDecisionLog {
    private final Deque<Runnable> meanwhile;

    Interrupted(DecisionLog log, Deque<Runnable> meanwhile) {
      super(log);
      this.meanwhile = meanwhile;
    }

    @Override
    public RecordedPermit recordPermit(DecisionRecord row) {
      Runnable next = meanwhile.poll();
      if (next != null) {
        next.run();
      }
      return super.recordPermit(row);
    }
  }

  /// Goes on just after the n-th reading of a session's past.
  private static final class ReadThen extends OpenedDecisionLog {
    private final int reading;
    private final Runnable then;
    private final AtomicInteger readings = new AtomicInteger();

    ReadThen(DecisionLog log, int reading, Runnable then) {
      super(log);
      this.reading = reading;
      this.then = then;
    }

    @Override
    public SessionPast livePast(SessionKey session, Duration idle, Instant now, Detail detail) {
      SessionPast past = super.livePast(session, idle, now, detail);
      if (readings.incrementAndGet() == reading) {
        then.run();
      }
      return past;
    }
  }

  /// Broken on purpose: believes that a reservation is never lost.
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
