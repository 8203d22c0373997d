package dev.interceptor.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.reference.ReferencePolicy.Action;
import dev.interceptor.core.reference.ReferencePolicy.Condition;
import dev.interceptor.core.reference.ReferencePolicy.Limit;
import dev.interceptor.core.reference.ReferencePolicy.Logic;
import dev.interceptor.core.reference.ReferencePolicy.Not;
import dev.interceptor.core.reference.ReferencePolicy.Or;
import dev.interceptor.core.reference.ReferencePolicy.Rule;
import dev.interceptor.core.reference.ReferencePolicy.Selector;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.ReferencePolicy.SessionHasTaint;
import dev.interceptor.core.reference.Story.Answer;
import dev.interceptor.core.session.SessionState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What has to hold between decisions, whatever the policy says.
class MetamorphicLawsTest {
  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatIsNotListedIsDenied(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          Engine nothing = telling.engine(telling.policy().withStatic(Map.of()));
          telling.forEach(told -> {
            assertThat(told.by(nothing).reason()).isEqualTo("TOOL_NOT_LISTED");
            assertThat(nothing.policy().mayEverPermit(Engine.tool(told.call()))).isFalse();
            if (told.answer().permits()) {
              assertThat(telling.engine().policy().mayEverPermit(Engine.tool(told.call())))
                  .isTrue();
            }
          });
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aDenialWins(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          ReferencePolicy policy = telling.policy();
          Map<String, String> denied = new LinkedHashMap<>(policy.staticRules());
          String upstream = RandomSessions.pick(random, RandomSessions.UPSTREAMS);
          String tool = RandomSessions.pick(random, RandomSessions.TOOLS);
          denied.put(upstream + "__" + tool, "DENY");
          Engine withStatic = telling.engine(policy.withStatic(denied));
          Engine withRule = telling.engine(inserted(policy, random, blocking("closed")));
          telling.forEach(told -> {
            assertThat(told.by(withRule).permits()).isFalse();
            assertThat(told.by(withRule).reason()).isNotEqualTo("APPROVAL_REQUIRED");
            if (told.call().qualified().equals(upstream + "__" + tool)) {
              assertThat(told.by(withStatic).reason()).isEqualTo("TOOL_DENIED");
            }
          });
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void orderAndDuplicatesDoNotMatterToTheVerdict(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          ReferencePolicy policy = telling.policy();
          List<Rule> rules = new ArrayList<>(policy.rules());
          List<Limit> limits = new ArrayList<>(policy.limits());
          policy.rules().forEach(rule -> rules.add(rule.named(rule.id() + "-again")));
          policy.limits().forEach(limit -> limits.add(limit.named(limit.id() + "-again")));
          Collections.shuffle(rules, random);
          Collections.shuffle(limits, random);
          List<Map.Entry<String, String>> listed = new ArrayList<>(policy.staticRules().entrySet());
          Collections.shuffle(listed, random);
          Map<String, String> staticRules = new LinkedHashMap<>();
          listed.forEach(entry -> staticRules.put(entry.getKey(), entry.getValue()));
          Engine shuffled =
              telling.engine(policy.with(rules).withLimits(limits).withStatic(staticRules));
          telling.forEach(told -> {
            Answer answer = told.by(shuffled);
            assertThat(verdict(answer)).isEqualTo(verdict(told.answer()));
            assertThat(answer.added()).isEqualTo(told.answer().added());
            assertThat(answer.removed()).isEqualTo(told.answer().removed());
            assertThat(answer.usesApproval()).isEqualTo(told.answer().usesApproval());
          });
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oneMoreDenyingRuleOrLimitNeverPermits(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          ReferencePolicy policy = telling.policy();
          Rule rule;
          do {
            rule = RandomPolicies.rule(random, policy.semantics(), "one-more");
          } while (!rule.action().denies());
          Engine stricter = telling.engine(inserted(policy, random, rule));
          telling.forEach(told -> {
            if (!told.answer().permits()) {
              assertThat(told.by(stricter).permits()).isFalse();
            }
            if (verdict(told.answer()).equals("deny")) {
              assertThat(verdict(told.by(stricter))).isEqualTo("deny");
            }
          });
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aTagOpensNothingWithoutAConditionOnIt(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          boolean strict = telling.policy().semantics() == Semantics.STRICT;
          List<Rule> rules = new ArrayList<>();
          telling
              .policy()
              .rules()
              .forEach(rule -> rules.add(checking(rule, "only-checked", strict, random)));
          var checked = new Telling(telling.policy().with(rules), telling.calls());
          checked.forEach(told -> {
            SessionState tainted = Engine.tainted(told.before(), "only-checked");
            if (told.before().version() > 0 && !told.answer().permits()) {
              assertThat(told.in(tainted).permits()).isFalse();
            }
          });
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void renamingIdsChangesNothing(long seed) {
    Telling.everywhere(
        seed,
        (telling, random) -> {
          ReferencePolicy policy = telling.policy();
          Engine renamed =
              telling.engine(
                  policy
                      .with(policy.rules().stream().map(it -> it.named(renamed(it.id()))).toList())
                      .withLimits(
                          policy.limits().stream().map(it -> it.named(renamed(it.id()))).toList()));
          telling.forEach(told -> assertThat(told.by(renamed)).isEqualTo(renamed(told.answer())));
        });
  }

  private static String verdict(Answer answer) {
    return answer.permits()
        ? "permit"
        : answer.reason().equals("APPROVAL_REQUIRED") ? "wait" : "deny";
  }

  private static ReferencePolicy inserted(ReferencePolicy policy, Random random, Rule rule) {
    List<Rule> rules = new ArrayList<>(policy.rules());
    rules.add(random.nextInt(rules.size() + 1), rule);
    return policy.with(rules);
  }

  private static Rule blocking(String id) {
    Condition tagged = new SessionHasTaint("pii");
    Condition always = new Or(List.of(tagged, new Not(tagged)));
    return new Rule(
        id,
        new Selector(false, "*"),
        Action.BLOCK,
        "",
        List.of(),
        List.of(),
        Optional.of(new Logic(always)),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  /// The rule with the tag among those that it checks, if it is such a rule.
  private static Rule checking(Rule rule, String tag, boolean requiresToo, Random random) {
    List<String> forbidden = new ArrayList<>(rule.forbidden());
    List<String> required = new ArrayList<>(rule.required());
    if (rule.action() == Action.CHECK_TAINT) {
      (requiresToo && random.nextBoolean() ? required : forbidden).add(tag);
    }
    return rule.checking(forbidden, required);
  }

  private static String renamed(String id) {
    return id.equals("static") ? id : "z." + id;
  }

  private static Answer renamed(Answer answer) {
    return new Answer(
        answer.reason(),
        answer.determining().stream().map(MetamorphicLawsTest::renamed).toList(),
        answer.added(),
        answer.removed(),
        answer.usesApproval(),
        answer.message());
  }
}
