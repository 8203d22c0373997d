package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.enforcement.Enforced.Parts;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rule of the demo policy about transfers reads `args.amount` and `args.currency`; it cannot
/// be worked out when they are missing or of another type.
final class ErrorInADenyRuleDeniesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"amount\":\"25\",\"currency\":\"EUR\"}",
        "{\"amount\":null,\"currency\":\"EUR\"}",
        "{\"amount\":25}",
        "{\"amount\":[25],\"currency\":\"EUR\"}"
      })
  void aRuleThatCannotBeWorkedOutDenies(String arguments) {
    try (var enforced = Enforced.sound()) {
      assertThat(enforced.execute(Enforced.freshSession(), "wire_transfer", arguments))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> {
                assertThat(refused.denial().reason()).isEqualTo(ReasonCode.EVALUATION_FAULT);
                assertThat(refused.denial().determining())
                    .contains(new RuleId("small-transfers-only"));
              });
      assertThat(enforced.tools().received()).isEmpty();
    }
  }

  @Test
  void withoutTheRuleTheSameCallIsForwarded() throws Exception {
    String policy = Files.readString(SharedStack.demoPolicy());
    String open = policy.replace("'!(args.amount > 0", "'false && !(args.amount > 0");
    assertThat(open).isNotEqualTo(policy);
    try (var enforced = new Enforced(Parts.SOUND.withPolicy(folder, open))) {
      assertThat(enforced.execute(Enforced.freshSession(), "wire_transfer", "{}"))
          .isInstanceOf(Outcome.Answered.class);
    }
  }
}
