package dev.interceptor.server.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.BrokenServer;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.ServerProcess;
import dev.interceptor.server.live.ServerProcess.Launch;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// 200 concurrent callers over two server processes want more than a limit leaves, round after
/// round, each with a customer of its own. What a round left is then asked for to the last
/// millionth: refused calls must not have used it up. A caller that a busy machine answers 503 may
/// have been charged, so such a round is judged by the limit only.
///
/// The build runs 12 rounds. The long run: `mvn -pl interceptor-server -am test
/// -Dtest=RacingCallsCannotExceedALimitTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Dlimit.rounds=1000`
final class RacingCallsCannotExceedALimitTest {
  private static final int ROUNDS = Integer.getInteger("limit.rounds", 12);
  private static final int CONTROL_ROUNDS = 4;
  private static final int CALLERS = 200;
  private static final List<LimitRace.Kind> KINDS = List.of(LimitRace.Kind.values());
  private static final long SEED = 20_261_121;

  private static LiveStack stack;

  @BeforeAll
  static void start() throws Exception {
    stack = LiveStack.start(LimitRace.POLICY);
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void noRoundUsesUpMoreThanTheLimitAndARefusedCallNothing() throws Exception {
    try (var one = stack.serve();
        var other = stack.serve()) {
      Tally tally = run(one, other, ROUNDS);

      assertThat(tally.exceeded).isZero();
      assertThat(tally.inexact).isZero();
      assertThat(tally.exact).as("rounds in which every caller was decided").isPositive();
      assertThat(tally.refused).as("callers that were refused").isPositive();
      assertThat(stack.dev().unrecordedCalls()).isZero();
    }
  }

  @Test
  void aServerThatChecksAndThenChargesIsCaught() throws Exception {
    try (var one = stack.serve(broken(21));
        var other = stack.serve(broken(22))) {
      assertThat(run(one, other, CONTROL_ROUNDS).exceeded).isPositive();
    }
  }

  private static final class Tally {
    private int rounds;
    private int allowed;
    private int refused;
    private int unavailable;
    private int exceeded;
    private int exact;
    private int inexact;

    void add(LimitRace.Round round) {
      rounds++;
      allowed += round.allowed();
      refused += round.refused();
      unavailable += round.unavailable();
      exceeded += round.left().signum() < 0 ? 1 : 0;
      if (round.unavailable() == 0) {
        exact += round.exact() ? 1 : 0;
        inexact += round.exact() ? 0 : 1;
      }
    }

    @Override
    public String toString() {
      return "%d rounds: %d allowed, %d refused, %d unavailable; %d rounds exceeded, %d exact, %d inexact"
          .formatted(rounds, allowed, refused, unavailable, exceeded, exact, inexact);
    }
  }

  private static Tally run(ServerProcess one, ServerProcess other, int rounds) throws Exception {
    long start = System.nanoTime();
    var tally = new Tally();
    String run = Long.toString(System.nanoTime(), 36);
    try (var race = new LimitRace(List.of(one.url(), other.url()), CALLERS, SEED);
        var admin = new RawClient(URI.create(stack.dev().adminUrl()))) {
      for (int i = 0; i < rounds; i++) {
        LimitRace.Kind kind = KINDS.get(i % KINDS.size());
        String name = "limits-" + run + "-" + i;
        tally.add(race.run(kind, name, customer(admin, name)));
      }
    }
    System.out.println(tally + " in " + Duration.ofNanos(System.nanoTime() - start));
    return tally;
  }

  private static String customer(RawClient admin, String name) throws IOException {
    RawClient.Reply created =
        admin.post(
            "/admin/api/v1/keys", stack.dev().adminKey(), "{\"customer\":\"%s\"}".formatted(name));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    int start = created.body().indexOf("\"key\":\"") + 7;
    return created.body().substring(start, created.body().indexOf('"', start));
  }

  private static Launch broken(int number) {
    return new Launch(
        BrokenServer.class,
        List.of(BrokenServer.UNSAFE),
        List.of(),
        stack.config(),
        stack.log(number));
  }
}
