package dev.interceptor.server.enforcement;

import static dev.interceptor.server.enforcement.ApprovalFixture.DATABASE;
import static dev.interceptor.server.enforcement.ApprovalFixture.approve;
import static dev.interceptor.server.enforcement.ApprovalFixture.approved;
import static dev.interceptor.server.enforcement.ApprovalFixture.parts;
import static dev.interceptor.server.enforcement.ApprovalFixture.requestOf;
import static dev.interceptor.server.enforcement.ApprovalFixture.state;
import static dev.interceptor.server.enforcement.Enforced.freshSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ApprovalState;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.approval.Ruling;
import dev.interceptor.server.approval.ShownArguments;
import dev.interceptor.server.database.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an approval is good for: exactly one call, within its time, and nothing that the policy
/// denies.
final class ApprovedCallsTest {
  private static final String SEVEN = "{\"amount\":7}";
  private static final Principal OTHER_KEY =
      new Principal(new CustomerId("acme"), new ApiKeyId("efgh5678"));
  private static final Principal OTHER_CUSTOMER =
      new Principal(new CustomerId("evil"), new ApiKeyId("abcd1234"));

  @TempDir private static Path folder;

  private final AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
  private final String session = freshSession();
  private Enforced enforced;

  @BeforeEach
  void start() {
    enforced =
        new Enforced(parts(folder).withClock(() -> Instant.now().plus(passed.get())), DATABASE);
  }

  @AfterEach
  void stop() {
    enforced.close();
  }

  private static void assertAllowed(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Answered.class);
  }

  private static void assertDenied(Outcome outcome, ReasonCode reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.denial().reason()).isEqualTo(reason));
  }

  @Test
  void anApprovedCallPassesOnceAndThenNeedsAnotherApproval() throws SQLException {
    ApprovalId id = approved(enforced, session, "wire", SEVEN);
    Outcome outcome = enforced.execute(session, "wire", SEVEN);
    assertAllowed(outcome);
    assertThat(requestOf(enforced.execute(session, "wire", SEVEN))).isNotEqualTo(id);
    assertThat(enforced.tools().received()).hasSize(1);
    Approval used = enforced.approvals().find(id).orElseThrow();
    assertThat(used.state()).isEqualTo(ApprovalState.USED);
    assertThat(used.claimedBy()).contains(outcome.decisionId());
    assertThat(used.demand().arguments().text()).isEmpty();
    assertThat(approvalOnRecord(outcome.decisionId())).isEqualTo(id.value());
  }

  private String approvalOnRecord(String decisionId) throws SQLException {
    try (var connection = Database.patient(enforced.database()).getConnection();
        var statement =
            connection.prepareStatement(
                "SELECT approval_id FROM audit_log"
                    + " WHERE kind = 'decision' AND decision_id = ?::uuid")) {
      statement.setString(1, decisionId);
      try (var row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        return String.valueOf(row.getString(1));
      }
    }
  }

  @Test
  void theRequestIsNamedAfterTheDecisionThatAskedAndShowsTheCall() {
    Outcome outcome = enforced.execute(session, "send", "{\"size\": 11.0}");
    ApprovalId id = requestOf(outcome);
    assertThat(id.value()).isEqualTo(outcome.decisionId());
    assertThat(requestOf(enforced.execute(session, "send", "{\"size\":11}"))).isEqualTo(id);
    Approval request = enforced.approvals().find(id).orElseThrow();
    assertThat(request.demand().arguments())
        .isEqualTo(new ShownArguments(Optional.of("{\"size\":11}"), 11));
    assertThat(request.demand().message()).contains("large mails wait for a person");
    assertThat(request.times().timesAsked()).isEqualTo(2);
  }

  @Test
  void aCallThatNobodyHasApprovedYetDoesNotPass() {
    requestOf(enforced.execute(session, "wire", SEVEN));
    requestOf(enforced.execute(session, "wire", SEVEN));
    assertThat(enforced.tools().received()).isEmpty();
  }

  @Test
  void anotherFormOfTheSameNumberIsTheSameCallAndAnotherNumberIsNot() {
    approved(enforced, session, "wire", SEVEN);
    requestOf(enforced.execute(session, "wire", "{\"amount\":7.0000001}"));
    requestOf(enforced.execute(session, "wire", "{\"amount\":\"7\"}"));
    requestOf(enforced.execute(session, "wire", "{\"amount\":7,\"to\":null}"));
    assertAllowed(enforced.execute(session, "wire", "{ \"amount\": 70e-1 }"));
  }

  @Test
  void anApprovalIsGoodInItsSessionOnly() {
    approved(enforced, session, "wire", SEVEN);
    requestOf(enforced.execute(freshSession(), "wire", SEVEN));
    requestOf(enforced.execute(OTHER_CUSTOMER, Optional.of(new SessionId(session)), "wire", SEVEN));
    assertThat(enforced.tools().received()).isEmpty();
  }

  @Test
  void anotherKeyOfTheCustomerIsInTheSameSessionAndHasAnotherDefaultSession() {
    approve(enforced, requestOf(enforced.execute(Enforced.ACME, Optional.empty(), "wire", SEVEN)));
    requestOf(enforced.execute(OTHER_KEY, Optional.empty(), "wire", SEVEN));
    approved(enforced, session, "wire", SEVEN);
    assertAllowed(enforced.execute(OTHER_KEY, Optional.of(new SessionId(session)), "wire", SEVEN));
  }

  @Test
  void anExpiredApprovalIsNone() {
    ApprovalId id = approved(enforced, session, "wire", SEVEN);
    passed.set(ApprovalTerms.DEFAULT.validFor());
    assertThat(requestOf(enforced.execute(session, "wire", SEVEN))).isNotEqualTo(id);
    assertThat(state(enforced, id)).isEqualTo(ApprovalState.EXPIRED);
  }

  @Test
  void aDeniedRequestDoesNotPass() {
    ApprovalId id = requestOf(enforced.execute(session, "wire", SEVEN));
    enforced.approvals().rule(id, new Ruling.Deny("key admin001", ""));
    assertThat(requestOf(enforced.execute(session, "wire", SEVEN))).isNotEqualTo(id);
  }

  @Test
  void aTagStillClosesAnApprovedCallAndTheApprovalIsNotUsedUp() {
    ApprovalId id = approved(enforced, session, "wire", SEVEN);
    assertAllowed(enforced.read(session));
    assertDenied(enforced.execute(session, "wire", SEVEN), ReasonCode.TAINTED);
    assertThat(state(enforced, id)).isEqualTo(ApprovalState.APPROVED);
  }

  @Test
  void aLimitStillHoldsForAnApprovedCallWhichPassesWhenTheLimitLetsIt() {
    // A minute of the clock begins, and does not end meanwhile.
    Instant now = Instant.now();
    passed.set(Duration.between(now, now.truncatedTo(ChronoUnit.MINUTES).plusSeconds(60)));
    approved(enforced, session, "limited", SEVEN);
    ApprovalId other = approved(enforced, session, "limited", "{}");
    assertAllowed(enforced.execute(session, "limited", SEVEN));
    assertDenied(enforced.execute(session, "limited", "{}"), ReasonCode.LIMIT_EXCEEDED);
    assertThat(state(enforced, other)).isEqualTo(ApprovalState.APPROVED);
    passed.updateAndGet(already -> already.plusMinutes(1));
    assertAllowed(enforced.execute(session, "limited", "{}"));
    assertThat(state(enforced, other)).isEqualTo(ApprovalState.USED);
  }

  @Test
  void anApprovalDoesNotOutweighAPolicyThatHasChangedSince() {
    ApprovalId id = approved(enforced, session, "wire", SEVEN);
    String denying = ApprovalFixture.POLICY.replace("wire: REQUIRE_APPROVAL", "wire: DENY");
    String blocking = ApprovalFixture.POLICY.replace("CHECK_TAINT, forbidden_tags: [pii]", "BLOCK");
    try (var denies = beside(denying);
        var blocks = beside(blocking)) {
      assertDenied(denies.execute(session, "wire", SEVEN), ReasonCode.TOOL_DENIED);
      assertDenied(blocks.execute(session, "wire", SEVEN), ReasonCode.RULE_BLOCKED);
    }
    assertThat(state(enforced, id)).isEqualTo(ApprovalState.APPROVED);
    assertAllowed(enforced.execute(session, "wire", SEVEN));
  }

  private Enforced beside(String text) {
    return new Enforced(parts(folder).withPolicy(folder, text), enforced.database());
  }

  @Test
  void aTokenForTheCallerUsesTheApprovalUpToo() {
    approved(enforced, session, "wire", SEVEN);
    assertThat(enforced.authorize(session, "wire", SEVEN)).isInstanceOf(Outcome.Issued.class);
    requestOf(enforced.authorize(session, "wire", SEVEN));
  }

  @Test
  void argumentsThatAreTooLongToBeSeenArePendingWithoutThem() {
    String arguments = "{\"s\":\"" + "x".repeat(ShownArguments.LONGEST) + "\"}";
    ApprovalId id = requestOf(enforced.execute(session, "wire", arguments));
    assertThat(enforced.approvals().find(id).orElseThrow().demand().arguments())
        .isEqualTo(new ShownArguments(Optional.empty(), arguments.length()));
  }

  @Test
  void whenTooManyWaitTheCallIsRefusedAllTheSameAndLeavesNoRequest() {
    var crowded = new Principal(new CustomerId("crowded"), new ApiKeyId("abcd1234"));
    for (int i = 0; i < ApprovalTerms.DEFAULT.maxPending(); i++) {
      requestOf(enforced.execute(crowded, Optional.empty(), "wire", "{\"amount\":" + i + "}"));
    }
    assertThat(enforced.execute(crowded, Optional.empty(), "wire", "{\"amount\":-1}"))
        .isInstanceOfSatisfying(
            Outcome.AwaitingApproval.class, waiting -> assertThat(waiting.approval()).isEmpty());
  }
}
