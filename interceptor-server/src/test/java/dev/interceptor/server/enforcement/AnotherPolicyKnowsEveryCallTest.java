package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.server.enforcement.Enforced.Parts;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A session goes on under a policy to which calls matter that the one before had no use for.
final class AnotherPolicyKnowsEveryCallTest {
  @TempDir private Path folder;

  private Parts deciding(String rules) {
    String head = "version: 1\nname: p\nstatic_rules: {pay: ALLOW, look: ALLOW}\n";
    return Parts.SOUND.withPolicy(folder, head + rules);
  }

  private Parts blocking(String steps) {
    return deciding(
        """
        taint_rules:
          - {id: seq, tool: "*", action: BLOCK, pattern: {type: sequence, steps: [%s]}}
        """
            .formatted(steps));
  }

  @Test
  void repeatedCallsAreCountedOneByOne() {
    assertBlocked("{tool: pay}, {tool: pay}, {tool: pay}", "pay", "pay", "pay");
  }

  @Test
  void alternatingCallsKeepTheirOrder() {
    assertBlocked(
        "{tool: look}, {tool: pay}, {tool: look}, {tool: pay}",
        "pay",
        "pay",
        "look",
        "pay",
        "look",
        "pay");
  }

  /// The last of the calls is decided by the policy with the sequence.
  private void assertBlocked(String steps, String... calls) {
    String session = Enforced.freshSession();
    try (var before = new Enforced(deciding(""));
        var after = new Enforced(blocking(steps), before.database())) {
      for (int i = 0; i < calls.length - 1; i++) {
        assertThat(before.execute(session, calls[i], "{}")).isInstanceOf(Outcome.Answered.class);
      }
      assertThat(after.execute(session, calls[calls.length - 1], "{}"))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.denial().reason()).isEqualTo(ReasonCode.SEQUENCE_BLOCKED));
    }
  }
}
