package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.session.Usage;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.upstream.ToolReply;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class UnknownCountsAsDoneTest {
  private static final ToolReply TIMED_OUT = new ToolReply.Unknown(Fault.TIMEOUT, "no answer");

  static Stream<ToolReply> everyBadEnd() {
    return Stream.of(
        TIMED_OUT,
        new ToolReply.Unknown(Fault.DISCONNECTED, "connection lost"),
        new ToolReply.Unknown(Fault.PROTOCOL, "no MCP"),
        new ToolReply.Failed(Fault.REFUSED, "HTTP 500"),
        ScriptedToolServer.completed(true));
  }

  @ParameterizedTest
  @MethodSource("everyBadEnd")
  void aReadThatEndedBadlyStillClosesTheSink(ToolReply end) {
    try (var enforced = Enforced.sound()) {
      assertRefused(leakAfter(enforced, end));
    }
  }

  @Test
  void aTimeOutIsToldAsOne() {
    try (var enforced = Enforced.sound()) {
      enforced.tools().answers(_ -> TIMED_OUT);
      assertThat(enforced.read(Enforced.freshSession()))
          .isInstanceOfSatisfying(
              Outcome.Unanswered.class,
              unanswered -> assertThat(unanswered.code()).isEqualTo(ErrorCode.UPSTREAM_TIMEOUT));
    }
  }

  @ParameterizedTest
  @MethodSource("everyBadEnd")
  void aSanitizerThatEndedBadlyOpensNothing(ToolReply end) {
    try (var enforced = Enforced.sound()) {
      String session = Enforced.freshSession();
      enforced.read(session);
      enforced.tools().answers(_ -> end);
      enforced.execute(session, "redact", "{\"text\":\"x\"}");
      enforced.tools().answers(_ -> ScriptedToolServer.completed(false));
      assertRefused(enforced.leak(session));
    }
  }

  @Test
  void aSanitizerThatAnsweredOpensTheSinkAgain() {
    try (var enforced = Enforced.sound()) {
      String session = Enforced.freshSession();
      enforced.read(session);
      enforced.execute(session, "redact", "{\"text\":\"x\"}");
      assertThat(enforced.leak(session)).isInstanceOf(Outcome.Answered.class);
    }
  }

  @Test
  void aStoreThatReservesNothingIsCaught() {
    try (var enforced = new Enforced(Parts.SOUND.withSessions(Unreserved::new))) {
      assertThat(leakAfter(enforced, TIMED_OUT)).isInstanceOf(Outcome.Answered.class);
    }
  }

  private static Outcome leakAfter(Enforced enforced, ToolReply end) {
    String session = Enforced.freshSession();
    enforced.tools().answers(_ -> end);
    enforced.read(session);
    enforced.tools().answers(_ -> ScriptedToolServer.completed(false));
    return enforced.leak(session);
  }

  private static void assertRefused(Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.denial().reason()).isEqualTo(ReasonCode.TAINTED));
  }

  /// Broken on purpose: a session learns of a call from its good answer only.
  private static final class Unreserved extends OpenedSessionStore {
    Unreserved(SessionStore store) {
      super(store);
    }

    @Override
    public Reserved decide(
        SessionKey session, PolicySet policies, List<String> counters, Decider decider) {
      return new Reserved(decider.decide(SessionState.NEW, Usage.NOT_READ), SessionState.NEW, "");
    }

    @Override
    public BooleanSupplier stillHolds(SessionKey session, Reserved reserved) {
      return () -> true;
    }

    @Override
    public void confirm(SessionKey session, PolicySet policies, Reserved reserved) {
      // The answer was not good.
    }
  }
}
