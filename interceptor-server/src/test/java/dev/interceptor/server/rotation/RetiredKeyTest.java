package dev.interceptor.server.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RunningTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What an operator does after a leak, on two running server processes.
final class RetiredKeyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void aKeyThatIsRetiredNowLeavesTheSetWithinASecondAndIsRefused() throws Exception {
    try (var stack = RotationStack.start(UnaryOperator.identity());
        var before = new ToolCalls(stack.toolServer())) {
      SigningKey old = stack.signing();
      String next = stack.rotateByCommand();
      Await.until(
          "a token of the predecessor is accepted",
          PATIENCE,
          () -> before.call(Thief.token(old, Instant.now(), stack.toolServer())).isEmpty());

      assertThat(stack.retireNow(old.kid())).isEqualTo(old.kid());
      long retired = RunningTime.nanoTime();
      for (String set : RotationUnderLoadTest.published(stack)) {
        assertThat(set).contains(next).doesNotContain(old.kid());
      }
      assertThat(RunningTime.since(retired)).isLessThan(Duration.ofSeconds(1));

      try (var fresh = stack.newToolServer();
          var after = new ToolCalls(fresh.url())) {
        assertThat(after.call(Thief.token(old, Instant.now(), fresh.url())))
            .isEqualTo("UNKNOWN_KEY");
        SigningKey signing = stack.signing();
        Await.until(
            "a token of the new key is accepted",
            PATIENCE,
            () -> after.call(Thief.token(signing, Instant.now(), fresh.url())).isEmpty());
      }
    }
  }
}
