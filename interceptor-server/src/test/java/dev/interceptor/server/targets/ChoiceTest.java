package dev.interceptor.server.targets;

import static dev.interceptor.server.targets.TestModels.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.targets.Model.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ChoiceTest {
  private static final List<PoolMember> POOL =
      target(
              """
              providers: {heavy: {url: "http://h"}, light: {url: "http://l"}}
              models: {m: {pool: [{provider: heavy, model: h, weight: 3}, {provider: light, model: l}]}}
              """,
              "m")
          .model()
          .pool();

  @Test
  void amongIdleProvidersChanceDecidesByWeight() {
    Random random = new Random(7);
    var choice = new Choice(random::nextDouble);
    var counts =
        Stream.generate(() -> choice.among(POOL, Strategy.WEIGHTED_RANDOM).model())
            .limit(4000)
            .collect(Collectors.groupingBy(model -> model, Collectors.counting()));
    assertThat(counts.get("h")).isBetween(2850L, 3150L);
  }

  @Test
  void theOneWithTheFewestUnderWayForItsWeightIsChosen() {
    var choice = new Choice(() -> 0);
    List<Choice.Begun> begun = new ArrayList<>();
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      PoolMember member = choice.among(POOL, Strategy.WEIGHTED_RANDOM);
      chosen.add(member.model());
      begun.add(choice.begin(member));
    }
    assertThat(chosen).containsExactly("h", "l", "h", "h", "h", "l", "h", "h");
    begun.forEach(Choice.Begun::close);
    assertThat(choice.among(POOL, Strategy.WEIGHTED_RANDOM).model()).isEqualTo("h");
  }

  @Test
  void byPriorityTheFirstIsChosenHoweverBusy() {
    var choice = new Choice(() -> 0.99);
    var _ = choice.begin(POOL.getFirst());
    assertThat(choice.among(POOL, Strategy.PRIORITY).model()).isEqualTo("h");
  }
}
