package dev.interceptor.server.enforcement;

import static dev.interceptor.server.enforcement.ScriptedToolServer.returned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.upstream.ToolReply;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// INVARIANT (LabelsBeforeReply), of tags that a result brings.
final class ResultLabelsTest {
  private static final String POLICY =
      """
      name: story
      static_rules: {read: ALLOW, list: ALLOW, clean: ALLOW, wash: ALLOW, send: ALLOW, shut: ALLOW}
      taint_rules:
        - {id: washes, tool: wash, action: REMOVE_TAINT, tag: pii}
        - {id: cleans, tool: clean, action: REMOVE_TAINT, tag: pii}
        - {id: closed, tool: send, action: CHECK_TAINT, forbidden_tags: [pii]}
      result_rules:
        - {id: personal, tool: read, action: ADD_TAINT, tag: pii, detect: [pii]}
        - {id: unclean, tool: clean, action: ADD_TAINT, tag: pii, detect: [pii]}
        - {id: never, tool: shut, action: BLOCK, detect: [pii], error: personal data}
      """;

  @TempDir Path folder;

  private Enforced enforced(Parts parts) {
    return new Enforced(parts.withPolicy(folder, POLICY));
  }

  private static ToolReply personal() {
    return returned("write to jonas@okafor-studio.example");
  }

  private static void assertTainted(Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.denial().reason()).isEqualTo(ReasonCode.TAINTED));
  }

  @Test
  void whatTheResultBringsClosesTheSinkAndIsToldToTheCaller() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      enforced.tools().answers(_ -> returned("nothing"));
      assertThat(enforced.execute(session, "read", "{}")).isInstanceOf(Outcome.Answered.class);
      assertThat(enforced.execute(session, "send", "{}")).isInstanceOf(Outcome.Answered.class);
      enforced.tools().answers(_ -> personal());
      assertThat(enforced.execute(session, "read", "{}"))
          .isInstanceOfSatisfying(
              Outcome.Answered.class,
              answered -> assertThat(answered.labels()).containsExactly(new Label("pii")));
      assertTainted(enforced.execute(session, "send", "{}"));
    }
  }

  @Test
  void theTagIsRebuiltFromTheLog() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      enforced.tools().answers(_ -> personal());
      enforced.execute(session, "read", "{}");
      Enforced.flushRedis();
      assertTainted(enforced.execute(session, "send", "{}"));
    }
  }

  @Test
  void theTagIsThereAfterTheReplyAlthoughRedisForgotItBeforeItWasOnRecord() {
    assertTainted(leakAfterStateWasLostBeforeTheOutcome(Parts.SOUND));
  }

  @Test
  void aStoreThatDoesNotLookAgainBeforeTheReplyIsCaught() {
    assertThat(leakAfterStateWasLostBeforeTheOutcome(Parts.SOUND.withSessions(Unconfirmed::new)))
        .isInstanceOf(Outcome.Answered.class);
  }

  /// Redis loses everything between the tag and its row, and another call of the session stores
  /// what the log knows until then.
  private Outcome leakAfterStateWasLostBeforeTheOutcome(Parts parts) {
    String session = Enforced.freshSession();
    var self = new Enforced[1];
    Runnable between =
        () -> {
          Enforced.flushRedis();
          self[0].execute(session, "list", "{}");
        };
    try (var enforced = enforced(parts.withLog(log -> new Interrupted(log, between)))) {
      self[0] = enforced;
      enforced.tools().answers(_ -> personal());
      assertThat(enforced.execute(session, "read", "{}")).isInstanceOf(Outcome.Answered.class);
      return enforced.execute(session, "send", "{}");
    }
  }

  @Test
  void aSanitizerThatRunsMeanwhileDoesNotTakeTheTagAway() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      enforced
          .tools()
          .answers(call -> {
            if (call.permit().row().tool().name().value().equals("read")) {
              enforced.execute(session, "wash", "{}");
              return personal();
            }
            return returned("clean");
          });
      enforced.execute(session, "read", "{}");
      assertTainted(enforced.execute(session, "send", "{}"));
      Enforced.flushRedis();
      assertTainted(enforced.execute(session, "send", "{}"));
      assertThat(enforced.execute(session, "wash", "{}")).isInstanceOf(Outcome.Answered.class);
      assertThat(enforced.execute(session, "send", "{}")).isInstanceOf(Outcome.Answered.class);
      Enforced.flushRedis();
      assertThat(enforced.execute(session, "send", "{}")).isInstanceOf(Outcome.Answered.class);
    }
  }

  @Test
  void aSanitizerWhoseAnswerBringsTagsTakesNoneAway() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      enforced.tools().answers(_ -> personal());
      enforced.execute(session, "read", "{}");
      enforced.execute(session, "clean", "{}");
      assertTainted(enforced.execute(session, "send", "{}"));
      enforced.tools().answers(_ -> returned("clean"));
      enforced.execute(session, "clean", "{}");
      assertThat(enforced.execute(session, "send", "{}")).isInstanceOf(Outcome.Answered.class);
    }
  }

  @Test
  void aWithheldResultIsARefusalAndItsCallIsDone() throws SQLException {
    try (var enforced = enforced(Parts.SOUND)) {
      enforced.tools().answers(_ -> personal());
      Outcome outcome = enforced.execute(Enforced.freshSession(), "shut", "{}");
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> {
                assertThat(refused.denial().reason()).isEqualTo(ReasonCode.RESULT_BLOCKED);
                assertThat(refused.denial().message()).contains("personal data");
              });
      assertThat(enforced.isRecorded(outcome.decisionId())).isTrue();
      enforced.execute(Enforced.freshSession(), "read", "{}");
      assertThat(outcomes(enforced)).contains("completed RESULT_BLOCKED {never} {}");
      assertThat(outcomes(enforced)).contains("completed null {personal} {pii}");
    }
  }

  private static String outcomes(Enforced enforced) throws SQLException {
    StringBuilder rows = new StringBuilder();
    try (var connection = Database.patient(enforced.database()).getConnection();
        var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "SELECT outcome || ' ' || coalesce(reason, 'null') || ' ' || coalesce(rules,"
                    + " '{}')::text || ' ' || coalesce(labels_added, '{}')::text FROM audit_log"
                    + " WHERE kind = 'outcome' ORDER BY idx")) {
      while (found.next()) {
        rows.append(found.getString(1)).append('\n');
      }
    }
    return rows.toString();
  }

  @Test
  void aResultThatHasToBeSeenIsNotSentPastUs() {
    try (var enforced = enforced(Parts.SOUND)) {
      assertThat(enforced.authorize(Enforced.freshSession(), "shut", "{}"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.denial().reason()).isEqualTo(ReasonCode.RESULT_BLOCKED));
      assertThat(enforced.tools().received()).isEmpty();
    }
  }

  @Test
  void aResultThatNobodySeesMayBringItsTags() {
    try (var enforced = enforced(Parts.SOUND)) {
      String session = Enforced.freshSession();
      assertThat(enforced.authorize(session, "read", "{}")).isInstanceOf(Outcome.Issued.class);
      assertTainted(enforced.execute(session, "send", "{}"));
    }
  }

  private static final class Interrupted extends OpenedDecisionLog {
    private final Runnable between;

    Interrupted(DecisionLog log, Runnable between) {
      super(log);
      this.between = between;
    }

    @Override
    public void recordNow(OutcomeRecord outcome) {
      between.run();
      super.recordNow(outcome);
    }
  }

  private static final class Unconfirmed extends OpenedSessionStore {
    Unconfirmed(SessionStore store) {
      super(store);
    }

    @Override
    public SessionState confirmAdded(
        SessionKey session, PolicySet policies, Reserved reserved, SortedSet<Label> labels) {
      return SessionState.NEW;
    }
  }
}
