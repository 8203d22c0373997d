package dev.interceptor.server.enforcement;

import static dev.interceptor.server.enforcement.ApprovalFixture.DATABASE;
import static dev.interceptor.server.enforcement.ApprovalFixture.approved;
import static dev.interceptor.server.enforcement.ApprovalFixture.parts;
import static dev.interceptor.server.enforcement.ApprovalFixture.requestOf;
import static dev.interceptor.server.enforcement.ApprovalFixture.state;
import static dev.interceptor.server.enforcement.Enforced.freshSession;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.approval.ApprovalBinding;
import dev.interceptor.server.approval.ApprovalDemand;
import dev.interceptor.server.approval.ApprovalState;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of an approval when something breaks between its claim and the tool. It may be
/// lost; it never permits twice.
final class ApprovalFaultsTest {
  private static final String SEVEN = "{\"amount\":7}";

  @TempDir private static Path folder;

  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
  private final String session = freshSession();

  private InterceptorException unavailable() {
    return InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "broken on purpose");
  }

  private void assertRefused(Enforced enforced, ErrorCode code) {
    assertThatThrownBy(() -> enforced.execute(session, "wire", SEVEN))
        .isInstanceOfSatisfying(
            InterceptorException.class, failure -> assertThat(failure.code()).isEqualTo(code));
    assertThat(enforced.tools().received()).isEmpty();
    assertThat(enforced.signatures()).isZero();
  }

  private final class BreakingSessions extends OpenedSessionStore {
    BreakingSessions(SessionStore store) {
      super(store);
    }

    @Override
    public Reserved decide(
        SessionKey key, PolicySet policies, List<String> counters, Decider decider) {
      Reserved reserved = super.decide(key, policies, counters, decider);
      if (broken.get()) {
        throw unavailable();
      }
      return reserved;
    }
  }

  @Test
  void aDecisionThatCouldNotBeReachedGivesTheApprovalBack() {
    try (var enforced = new Enforced(parts(folder).withSessions(BreakingSessions::new), DATABASE)) {
      ApprovalId id = approved(enforced, session, "wire", SEVEN);
      broken.set(true);
      assertRefused(enforced, ErrorCode.STATE_UNAVAILABLE);
      assertThat(state(enforced, id)).isEqualTo(ApprovalState.APPROVED);
      broken.set(false);
      assertThat(enforced.execute(session, "wire", SEVEN)).isInstanceOf(Outcome.Answered.class);
    }
  }

  /// Gives nothing back, as a process that is dead.
  private static final class Dead extends OpenedApprovalStore {
    Dead(ApprovalStore store) {
      super(store);
    }

    @Override
    public void release(ApprovalId id, String decisionId) {
      // Nobody is left to do it.
    }
  }

  @Test
  void aProcessThatDiesBetweenClaimAndUseTakesTheApprovalWithIt() {
    var dying = parts(folder).withSessions(BreakingSessions::new).withApprovals(Dead::new);
    var sound = parts(folder).withClock(() -> Instant.now().plus(passed.get()));
    try (var dead = new Enforced(dying, DATABASE);
        var alive = new Enforced(sound, DATABASE)) {
      ApprovalId id = approved(alive, session, "wire", SEVEN);
      broken.set(true);
      assertRefused(dead, ErrorCode.STATE_UNAVAILABLE);
      assertThat(requestOf(alive.execute(session, "wire", SEVEN))).isEqualTo(id);
      assertThat(state(alive, id)).isEqualTo(ApprovalState.CLAIMED);
      passed.set(ApprovalTerms.DEFAULT.validFor());
      assertThat(requestOf(alive.execute(session, "wire", SEVEN))).isNotEqualTo(id);
      assertThat(state(alive, id)).isEqualTo(ApprovalState.USED);
      assertThat(alive.tools().received()).isEmpty();
    }
  }

  /// Writes the row and does not live to tell.
  private final class DyingLog extends OpenedDecisionLog {
    DyingLog(DecisionLog log) {
      super(log);
    }

    @Override
    public RecordedPermit recordPermit(DecisionRecord row) {
      RecordedPermit recorded = super.recordPermit(row);
      if (broken.get()) {
        throw InterceptorException.of(ErrorCode.AUDIT_UNAVAILABLE, "broken on purpose");
      }
      return recorded;
    }
  }

  @Test
  void aPermitThatMayBeOnRecordHasUsedItsApprovalUp() {
    try (var enforced = new Enforced(parts(folder).withLog(DyingLog::new), DATABASE)) {
      ApprovalId id = approved(enforced, session, "wire", SEVEN);
      broken.set(true);
      assertRefused(enforced, ErrorCode.AUDIT_UNAVAILABLE);
      broken.set(false);
      assertThat(state(enforced, id)).isEqualTo(ApprovalState.USED);
      requestOf(enforced.execute(session, "wire", SEVEN));
    }
  }

  /// A store that does not answer.
  private final class Silent extends OpenedApprovalStore {
    Silent(ApprovalStore store) {
      super(store);
    }

    @Override
    public Optional<ApprovalId> claim(ApprovalBinding binding, String decisionId, Instant at) {
      throw unavailable();
    }
  }

  /// A store that takes nothing in.
  private final class Deaf extends OpenedApprovalStore {
    Deaf(ApprovalStore store) {
      super(store);
    }

    @Override
    public Filing file(ApprovalId id, ApprovalBinding binding, ApprovalDemand demand, Instant at) {
      throw unavailable();
    }
  }

  @Test
  void withoutTheStoreNothingThatMayNeedAnApprovalIsPermittedAndTheRestIs() {
    try (var enforced = new Enforced(parts(folder).withApprovals(Silent::new), DATABASE)) {
      assertRefused(enforced, ErrorCode.STATE_UNAVAILABLE);
      assertThatThrownBy(() -> enforced.execute(session, "send", "{\"size\":1}"))
          .isInstanceOf(InterceptorException.class);
      assertThat(enforced.tools().received()).isEmpty();
      assertThat(enforced.read(session)).isInstanceOf(Outcome.Answered.class);
    }
  }

  @Test
  void aRequestThatCouldNotBeFiledIsAFailureAndNotAnAnswer() {
    try (var enforced = new Enforced(parts(folder).withApprovals(Deaf::new), DATABASE)) {
      assertRefused(enforced, ErrorCode.STATE_UNAVAILABLE);
    }
  }
}
