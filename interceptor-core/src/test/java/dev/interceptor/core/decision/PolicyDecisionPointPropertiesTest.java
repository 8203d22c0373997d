package dev.interceptor.core.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.PastCall;
import dev.interceptor.core.session.SessionState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PolicyDecisionPointPropertiesTest {
  private static final int POLICIES_PER_SEED = 100;
  private static final int CALLS_PER_POLICY = 50;

  private final PolicyDecisionPoint pdp = new PolicyDecisionPoint();

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theEngineDecidesLikeTheNaiveReadingAndReplayRebuildsItsState(long seed) {
    RandomStories stories = new RandomStories(seed);
    for (int p = 0; p < POLICIES_PER_SEED; p++) {
      Map<String, Object> source = stories.policy();
      PolicySet policies = Policies.parsed(RandomStories.yaml(source), "random");
      NaiveDecisions naive = new NaiveDecisions(source);
      SessionState state = SessionState.NEW;
      List<PastCall> log = new ArrayList<>();
      for (int c = 0; c < CALLS_PER_POLICY; c++) {
        DecisionRequest request = stories.request();
        Decision decision = pdp.decide(request, policies, state);
        assertThat(DecisionSuite.Wanted.of(decision))
            .as("policy %s, call %d %s", RandomStories.yaml(source), c, request.call().tool())
            .isEqualTo(naive.decide(request));
        if (decision instanceof Decision.Permit permit) {
          SortedSet<Label> removed = stories.oneIn(5) ? new TreeSet<>() : permit.removed();
          naive.remove(removed);
          if (permit.reserved().version() == state.version()) {
            assertThat(permit.reserved()).isSameAs(state);
          } else {
            assertThat(permit.reserved().version()).isEqualTo(state.version() + 1);
          }
          log.add(
              new PastCall(
                  permit.reserved().version(),
                  request.call().tool(),
                  policies.classes(request.call().tool()),
                  permit.added(),
                  removed));
          state = permit.reserved().without(removed);
        }
      }
      assertThat(state.labels())
          .extracting(Label::value)
          .containsExactlyInAnyOrderElementsOf(naive.tags());
      assertThat(SessionReplay.replay(policies, log)).isEqualTo(state);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theVerdictKnowsNoRuleOrderAndMoreDenyingRulesNeverPermitMore(long seed) {
    RandomStories stories = new RandomStories(1_000 + seed);
    Random random = new Random(seed);
    for (int p = 0; p < POLICIES_PER_SEED; p++) {
      Map<String, Object> source = stories.policy();
      PolicySet policies = Policies.parsed(RandomStories.yaml(source), "random");
      List<Object> rules = new ArrayList<>((List<?>) source.getOrDefault("taint_rules", List.of()));
      Collections.shuffle(rules, random);
      PolicySet shuffled = withRules(source, rules);
      rules.add(
          random.nextInt(rules.size() + 1),
          stories.rule(stories.oneIn(2) ? "BLOCK" : "CHECK_TAINT"));
      PolicySet stricter = withRules(source, rules);
      List<PastCall> log = new ArrayList<>();
      for (int c = 0; c < 20; c++) {
        DecisionRequest request = stories.request();
        Decision decision = decide(policies, log, request);
        Decision other = decide(shuffled, log, request);
        assertThat(other).hasSameClassAs(decision);
        if (decision instanceof Decision.Deny) {
          assertThat(decide(stricter, log, request)).isInstanceOf(Decision.Deny.class);
        }
        if (decision instanceof Decision.Permit permit) {
          assertThat(((Decision.Permit) other).added()).isEqualTo(permit.added());
          assertThat(((Decision.Permit) other).removed()).isEqualTo(permit.removed());
          var tool = request.call().tool();
          log.add(new PastCall(c, tool, policies.classes(tool), permit.added(), permit.removed()));
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void sequencesMatchLikeASearchThroughTheWholeHistory(long seed) {
    RandomStories stories = new RandomStories(2_000 + seed);
    for (int p = 0; p < 5; p++) {
      Map<String, Object> source = stories.sequencesOnly();
      PolicySet policies = Policies.parsed(RandomStories.yaml(source), "random");
      NaiveDecisions naive = new NaiveDecisions(source);
      SessionState state = SessionState.NEW;
      for (int c = 0; c < 60; c++) {
        DecisionRequest request = stories.request();
        var permit = (Decision.Permit) pdp.decide(request, policies, state);
        assertThat(DecisionSuite.Wanted.of(permit))
            .as("policy %s, call %d %s", RandomStories.yaml(source), c, request.call().tool())
            .isEqualTo(naive.decide(request));
        state = permit.reserved();
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void withoutAStaticRuleNothingIsPermitted(long seed) {
    RandomStories stories = new RandomStories(seed);
    Map<String, Object> source = new LinkedHashMap<>(stories.policy());
    source.put("static_rules", Map.of());
    PolicySet policies = Policies.parsed(RandomStories.yaml(source), "random");
    for (int c = 0; c < 50; c++) {
      DecisionRequest request = stories.request();
      assertThat(pdp.decide(request, policies, SessionState.NEW)).isInstanceOf(Decision.Deny.class);
      assertThat(policies.mayEverPermit(request.call().tool())).isFalse();
    }
  }

  @Test
  void aCallThatLeavesNothingNewKeepsTheVeryState() {
    PolicySet policies = Policies.parsed("{name: a, static_rules: {\"*\": ALLOW}}", "a");
    DecisionRequest request = new RandomStories(1).request();
    var first = (Decision.Permit) pdp.decide(request, policies, SessionState.NEW);
    var second = (Decision.Permit) pdp.decide(request, policies, first.reserved());
    assertThat(first.reserved().version()).isEqualTo(1);
    assertThat(second.reserved()).isSameAs(first.reserved());
  }

  @Test
  void aStateThatFollowsAnotherPolicyIsNotDecidedOn() {
    PolicySet first = Policies.parsed("{name: a, static_rules: {\"*\": ALLOW}}", "a");
    PolicySet second = Policies.parsed("{name: b, static_rules: {\"*\": ALLOW}}", "b");
    DecisionRequest request = new RandomStories(1).request();
    var permit = (Decision.Permit) pdp.decide(request, first, SessionState.NEW);
    assertThatThrownBy(() -> pdp.decide(request, second, permit.reserved()))
        .isInstanceOf(IllegalStateException.class);
  }

  private Decision decide(PolicySet policies, List<PastCall> log, DecisionRequest request) {
    return pdp.decide(request, policies, SessionReplay.replay(policies, log));
  }

  private static PolicySet withRules(Map<String, Object> source, List<Object> rules) {
    Map<String, Object> changed = new LinkedHashMap<>(source);
    changed.put("taint_rules", rules);
    return Policies.parsed(RandomStories.yaml(changed), "random");
  }
}
