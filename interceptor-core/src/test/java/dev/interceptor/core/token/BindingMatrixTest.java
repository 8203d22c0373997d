package dev.interceptor.core.token;

import static dev.interceptor.core.token.Fixtures.NOW;
import static dev.interceptor.core.token.Fixtures.call;
import static dev.interceptor.core.token.Fixtures.minter;
import static dev.interceptor.core.token.Fixtures.permit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tool.ToolCall;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A token is for one server, one tool and one set of arguments, and nothing else of a whole world
/// of 20 servers with 20 tools and 20 argument sets.
class BindingMatrixTest {
  private static final int SIZE = 20;
  private static final int CELLS = SIZE * SIZE * SIZE;
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final TokenMinter MINTER = minter(CLOCK);
  private static final TokenVerifier VERIFIER = Fixtures.verifier(CLOCK);

  private static final List<ExpectedCall> WORLD =
      IntStream.range(0, CELLS).mapToObj(BindingMatrixTest::received).toList();

  private static ToolCall callOf(int cell) {
    return call("tool" + cell / SIZE % SIZE, "argument" + cell % SIZE);
  }

  private static Audience audienceOf(int cell) {
    return new Audience("https://server" + cell / (SIZE * SIZE) + ".example/mcp");
  }

  private static ExpectedCall received(int cell) {
    ToolCall call = callOf(cell);
    return new ExpectedCall(audienceOf(cell), call.tool().name(), call.arguments().digest());
  }

  private static String token(int cell) {
    return MINTER.mint(permit(callOf(cell)), callOf(cell), audienceOf(cell)).token();
  }

  private static boolean passes(String token, int received) {
    return VERIFIER.verify(token, WORLD.get(received)) instanceof VerifiedToken;
  }

  @Test
  void theTokensOfTheDiagonalPassInTheirOwnCellOfTheWholeWorldOnly() {
    // Server i, tool i, arguments i; each token is presented in all 8,000 cells, its own one last.
    IntStream.range(0, SIZE)
        .parallel()
        .forEach(i -> {
          int own = i * (SIZE * SIZE + SIZE + 1);
          String token = token(own);
          long elsewhere =
              IntStream.range(0, CELLS).filter(cell -> cell != own && passes(token, cell)).count();
          assertThat(elsewhere).as("token of cell %s", own).isZero();
          assertThat(passes(token, own)).isTrue();
        });
  }

  @Test
  void everyTokenOfTheWorldPassesInItsOwnCellAndNotNextToIt() {
    // Next to it: the following server, tool or arguments, the other two alike.
    IntStream.range(0, CELLS)
        .parallel()
        .forEach(own -> {
          String token = token(own);
          for (int step : new int[] {1, SIZE, SIZE * SIZE}) {
            assertThat(passes(token, (own + step) % CELLS)).isFalse();
          }
          assertThat(passes(token, own)).isTrue();
        });
  }
}
