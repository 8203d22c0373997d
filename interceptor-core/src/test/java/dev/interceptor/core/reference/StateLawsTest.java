package dev.interceptor.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.session.SessionState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a call leaves in its session's state, whatever the policy says.
class StateLawsTest {
  private static final Call CALL =
      new Call(0, "mail", "read", JsonObject.EMPTY, Instant.EPOCH, "", false, true);

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aPermitLeavesWhatIsDocumentedAndNothingElse(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) ->
            telling.forEach(told -> {
              if (!(told.decision() instanceof Decision.Permit permit)) {
                return;
              }
              SessionState before = told.before();
              SessionState after = permit.reserved();
              SortedSet<String> tags = new TreeSet<>(Engine.tags(before.labels()));
              tags.addAll(told.answer().added());
              assertThat(Engine.tags(after.labels())).isEqualTo(tags);
              SortedSet<String> tools = new TreeSet<>(before.tools());
              tools.addAll(List.of(told.call().tool(), told.call().qualified()));
              assertThat(after.tools()).isSubsetOf(tools).containsAll(before.tools());
              var classes = new TreeSet<>(before.classes());
              classes.addAll(telling.engine().policy().classes(Engine.tool(told.call())));
              assertThat(after.classes()).isEqualTo(classes);
              if (after.version() == before.version()) {
                assertThat(after).isSameAs(before);
              } else {
                assertThat(after.version()).isEqualTo(before.version() + 1);
              }
            }));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aDeniedCallChangesNothing(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          List<Call> permitted = new ArrayList<>();
          List<Answer> answers = new ArrayList<>();
          telling.forEach(told -> {
            if (told.answer().permits()) {
              permitted.add(told.call());
              answers.add(told.answer());
            }
          });
          List<Answer> alone = new ArrayList<>();
          new Telling(telling.policy(), permitted).forEach(told -> alone.add(told.answer()));
          assertThat(alone).isEqualTo(answers);
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theLogRebuildsTheState(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) ->
            telling.forEach(
                told -> assertThat(told.replayed(telling.engine())).isEqualTo(told.before())));
  }

  @Test
  void aCallThatLeavesNothingNewKeepsTheVeryState() {
    var engine = new Engine("{name: a, static_rules: {\"*\": ALLOW}}");
    var first = (Decision.Permit) engine.decide(CALL, SessionState.NEW, Map.of());
    var second = (Decision.Permit) engine.decide(CALL, first.reserved(), Map.of());
    assertThat(first.reserved().version()).isEqualTo(1);
    assertThat(second.reserved()).isSameAs(first.reserved());
  }

  @Test
  void aStateThatFollowsAnotherPolicyIsNotDecidedOn() {
    var first = new Engine("{name: a, static_rules: {\"*\": ALLOW}}");
    var second = new Engine("{name: b, static_rules: {\"*\": ALLOW}}");
    var permit = (Decision.Permit) first.decide(CALL, SessionState.NEW, Map.of());
    assertThatThrownBy(() -> second.decide(CALL, permit.reserved(), Map.of()))
        .isInstanceOf(IllegalStateException.class);
  }
}
