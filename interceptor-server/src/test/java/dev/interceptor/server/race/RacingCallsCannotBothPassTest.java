package dev.interceptor.server.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.BrokenServer;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.ServerProcess.Launch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two server processes on one PostgreSQL and one Redis, with the real demo tool server behind
/// them.
///
/// The build races 2,000 pairs. The long run: `mvn -pl interceptor-server -am test
/// -Dtest=RacingCallsCannotBothPassTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Drace.pairs=100000`
final class RacingCallsCannotBothPassTest {
  private static final int PAIRS = Integer.getInteger("race.pairs", 2_000);
  private static final int CONTROL_PAIRS = 1_000;
  private static final int WORKERS = 16;
  private static final long SEED = 20_260_728;

  private static LiveStack stack;

  @BeforeAll
  static void start() throws Exception {
    stack = LiveStack.start();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void noSinkIsAllowedAfterTheFirstByteOfTheTaintedAnswer() throws Exception {
    try (var one = stack.serve();
        var other = stack.serve()) {
      long start = System.nanoTime();
      var harness =
          new RaceHarness(
              List.of(one.url(), other.url()),
              stack.dev().apiKey(),
              PAIRS,
              RaceHarness.StopRule.NEVER);
      RaceHarness.Result result = harness.race(WORKERS, SEED);
      report(result, start);

      assertThat(result.allowedTooLate()).isZero();
      assertThat(result.pairs()).isEqualTo(PAIRS);
      assertThat(result.judged()).isGreaterThanOrEqualTo(PAIRS);
      assertThat(result.allowedInTime()).as("sinks that won their race").isPositive();
      assertThat(stack.dev().unrecordedCalls()).isZero();
    }
  }

  @Test
  void aServerWithoutTheAtomicCommitIsCaught() throws Exception {
    try (var one = stack.serve(broken(11));
        var other = stack.serve(broken(12))) {
      long start = System.nanoTime();
      var harness =
          new RaceHarness(
              List.of(one.url(), other.url()),
              stack.dev().apiKey(),
              CONTROL_PAIRS,
              RaceHarness.StopRule.AT_FIRST_BYPASS);
      RaceHarness.Result result = harness.race(WORKERS, SEED);
      report(result, start);

      assertThat(result.firstCaught()).isBetween(1, CONTROL_PAIRS);
    }
  }

  private static Launch broken(int number) {
    return new Launch(
        BrokenServer.class,
        List.of(BrokenServer.UNSAFE),
        List.of(),
        stack.config(),
        stack.log(number));
  }

  private static void report(RaceHarness.Result result, long start) {
    System.out.println(result + " in " + Duration.ofNanos(System.nanoTime() - start));
  }
}
