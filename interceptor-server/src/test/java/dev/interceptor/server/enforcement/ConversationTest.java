package dev.interceptor.server.enforcement;

import static dev.interceptor.server.enforcement.ScriptedToolServer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Inspection;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tool calls that models make and clients run, and what clients say came of them.
final class ConversationTest {
  private static final String POLICY =
      """
      name: story
      static_rules: {read: ALLOW, look: ALLOW, send: ALLOW, shut: ALLOW, own: ALLOW, gone: DENY}
      taint_rules:
        - {id: looked, tool: look, action: ADD_TAINT, tag: untrusted}
        - {id: never-there, tool: gone, action: ADD_TAINT, tag: untrusted}
        - {id: closed, tool: send, action: CHECK_TAINT, forbidden_tags: [pii, untrusted]}
      result_rules:
        - {id: personal, tool: read, action: ADD_TAINT, tag: pii, detect: [pii]}
        - {id: blackened, tool: read, action: REDACT, detect: [pii]}
        - {id: never, tool: shut, action: BLOCK, detect: [pii], error: personal data}
      """;

  @TempDir Path folder;

  private Enforced enforced(Parts parts) {
    return new Enforced(parts.withPolicy(folder, POLICY));
  }

  private static ObjectNode personal() {
    return result("write to jonas@okafor-studio.example");
  }

  private static void assertDenied(Outcome outcome, ReasonCode reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.denial().reason()).isEqualTo(reason));
  }

  @Test
  void aReleasedCallIsOnRecordAndNothingIsSignedOrSent() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      Outcome released = enforced.release(session, "look", "{}");
      assertThat(released).isInstanceOf(Outcome.Noted.class);
      assertThat(enforced.isRecorded(released.decisionId())).isTrue();
      assertThat(enforced.signatures()).isZero();
      assertThat(enforced.tools().received()).isEmpty();
      assertDenied(enforced.execute(session, "send", "{}"), ReasonCode.TAINTED);
      assertDenied(enforced.release(session, "send", "{}"), ReasonCode.TAINTED);
    }
  }

  @Test
  void aCallThatWasNotOfferedOrCannotBeReadIsDenied() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      assertThat(enforced.release(session, "own", "{}", Proposal.OFFERED))
          .isInstanceOf(Outcome.Noted.class);
      assertDenied(
          enforced.release(session, "own", "{}", Proposal.NOT_OFFERED), ReasonCode.TOOL_UNKNOWN);
      assertDenied(
          enforced.release(session, "own", "{}", Proposal.UNREADABLE),
          ReasonCode.ARGUMENTS_INVALID);
      assertDenied(
          enforced.release(session, "gone", "{}", Proposal.NOT_OFFERED), ReasonCode.TOOL_DENIED);
    }
  }

  @Test
  void aTokenIsForCallsWhoseResultNobodyHasToLookAt() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      assertThat(enforced.releaseSigned(session, "look", "{}")).isInstanceOf(Outcome.Issued.class);
      assertDenied(enforced.releaseSigned(session, "read", "{}"), ReasonCode.RESULT_BLOCKED);
      assertThat(enforced.release(session, "read", "{}")).isInstanceOf(Outcome.Noted.class);
    }
  }

  @Test
  void whatAClientSaysAToolReturnedClosesTheSinkBeforeAnythingElse() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      enforced.release(session, "read", "{}");
      enforced.observe(session, "read", result("nothing"), true);
      assertThat(enforced.execute(session, "send", "{}")).isInstanceOf(Outcome.Answered.class);
      Inspection.Delivery seen = enforced.observe(session, "read", personal(), true);
      assertThat(seen)
          .isInstanceOfSatisfying(
              Inspection.Delivery.Given.class,
              given -> assertThat(given.result().toString()).doesNotContain("okafor"));
      assertDenied(enforced.execute(session, "send", "{}"), ReasonCode.TAINTED);
      Enforced.flushRedis();
      assertDenied(enforced.execute(session, "send", "{}"), ReasonCode.TAINTED);
    }
  }

  @Test
  void aResultOfACallFromElsewhereCountsAsThatCall() {
    try (var enforced = enforced(Parts.SOUND)) {
      for (String tool : new String[] {"look", "gone"}) {
        String session = Enforced.freshSession();
        enforced.observe(session, tool, result("page"), false);
        assertDenied(enforced.execute(session, "send", "{}"), ReasonCode.TAINTED);
        Enforced.flushRedis();
        assertDenied(enforced.execute(session, "send", "{}"), ReasonCode.TAINTED);
      }
      assertThat(enforced.tools().received()).isEmpty();
    }
  }

  @Test
  void aResultThatTheModelMayNotSeeIsWithheld() {
    try (var enforced = enforced(Parts.SOUND)) {
      assertThat(enforced.observe(Enforced.freshSession(), "shut", personal(), true))
          .isInstanceOf(Inspection.Delivery.Withheld.class);
    }
  }

  @Test
  void aResultThatCannotBeRecordedIsNotSeen() {
    try (var enforced = enforced(Parts.SOUND.withLog(Deaf::new))) {
      assertThatThrownBy(() -> enforced.observe(Enforced.freshSession(), "look", personal(), false))
          .isInstanceOf(InterceptorException.class);
    }
  }

  /// Takes no permit.
  private static final class Deaf extends OpenedDecisionLog {
    private Deaf(DecisionLog log) {
      super(log);
    }

    @Override
    public RecordedPermit recordPermit(DecisionRecord row) {
      throw InterceptorException.of(ErrorCode.AUDIT_UNAVAILABLE, "deaf");
    }
  }
}
