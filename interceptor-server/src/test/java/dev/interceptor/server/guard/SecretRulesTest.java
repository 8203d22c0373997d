package dev.interceptor.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The catalogue of credentials' forms, and that it means the same behind every gate.
final class SecretRulesTest {
  private static final List<SecretRule> RULES = SecretCatalogue.load();
  private static final String WITNESS = "AKIA" + "ABCDEFGHIJ234567";
  private static final RuleGate GATE =
      RuleGate.hyperscan(RULES.stream().map(SecretRule::gate).toList(), WITNESS);
  private static final SecretRules GATED = new SecretRules(RULES, GATE);
  private static final SecretRules OPEN = new SecretRules(RULES, RuleGate.OPEN);

  /// Also a dot outside a class, which matches what the gate reads as one byte.
  private static final Pattern ASSERTION_OR_COMPLEMENT =
      Pattern.compile("\\\\[bBAzDSWpP]|[$^]|(?<!\\\\)\\.(?![^\\[]*])");

  private static String pattern(SecretRule rule) {
    return switch (rule) {
      case SecretRule.Token token -> token.pattern().pattern();
      case SecretRule.Assigned assigned -> assigned.value().pattern();
    };
  }

  @Test
  void everyPatternIsBoundedAndLooksAtNothingBesideItsMatch() {
    assertThat(RULES)
        .allSatisfy(rule -> {
          String pattern = pattern(rule);
          assertThat(PatternLength.longestMatch(pattern))
              .as(rule.id())
              .isLessThan(SecretRule.LONGEST_MATCH);
          assertThat(ASSERTION_OR_COMPLEMENT.matcher(pattern).find()).as(rule.id()).isFalse();
        });
  }

  @Test
  void theKeywordsOfTokensAreInLowerCaseAndStandInTheirPatterns() {
    assertThat(RULES)
        .allSatisfy(rule -> {
          assertThat(rule.keywords()).as(rule.id()).isNotEmpty();
          assertThat(rule.keywords())
              .allSatisfy(word -> assertThat(word).isEqualTo(word.toLowerCase(Locale.ROOT)));
        });
  }

  @Test
  void everyGateLetsTheSameBeFoundInTheCorpora() throws IOException {
    int found = 0;
    for (Corpora.Row row : Corpora.all()) {
      found += sameInBoth(row.text());
    }
    assertThat(found).isPositive();
  }

  @Test
  void everyGateLetsTheSameBeFoundInTextsMadeOfPiecesOfSecrets() {
    List<String> pieces = pieces();
    Random random = new Random(20_261_121);
    int found = 0;
    for (int text = 0; text < 10_000; text++) {
      StringBuilder made = new StringBuilder();
      for (int piece = random.nextInt(8); piece >= 0; piece--) {
        made.append(pieces.get(random.nextInt(pieces.size())));
      }
      found += sameInBoth(made.toString());
    }
    System.out.printf("random texts: %d findings, gate %s%n", found, GATE.getClass());
    assertThat(found).isGreaterThan(1_000);
  }

  private static int sameInBoth(String text) {
    PlainText plain = PlainText.of(text);
    List<SecretRules.Match> found = OPEN.matches(plain);
    assertThat(GATED.matches(plain)).isEqualTo(found);
    return found.size();
  }

  /// Keywords, runs of the lengths that the rules ask for, what stands between, whole credentials.
  private static List<String> pieces() {
    List<String> pieces =
        new ArrayList<>(List.of(" ", "=", ": \"", "\"", "\n", ".", "-", "é", "_"));
    Random random = new Random(7);
    for (SecretRule rule : RULES) {
      for (String keyword : rule.keywords()) {
        boolean upper = random.nextBoolean();
        pieces.add(upper ? keyword.toUpperCase(Locale.ROOT) : keyword);
        pieces.add(keyword + (rule instanceof SecretRule.Assigned ? "_key = " : ""));
      }
    }
    for (int length : List.of(8, 16, 20, 24, 32, 36, 40, 43, 48, 64, 80, 100, 163, 250)) {
      for (String alphabet : List.of("0123456789abcdef", "0123456789", "abcXYZ0189", "aB3_-x9K")) {
        pieces.add(run(random, alphabet, length));
      }
    }
    for (String prefix : List.of("ghp" + "_", "sk" + "-", "dop" + "_v1_", "SK", "sntryu" + "_")) {
      pieces.add(prefix + run(random, "0123456789abcdef", 64));
    }
    return pieces;
  }

  private static String run(Random random, String alphabet, int length) {
    StringBuilder run = new StringBuilder();
    for (int i = 0; i < length; i++) {
      run.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return run.toString();
  }

  @Test
  void manyThreadsMayAskAtOnce() throws Exception {
    String secret = "x " + WITNESS + " y";
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int task = 0; task < 400; task++) {
        String text = task % 2 == 0 ? secret : "nothing but words ".repeat(5_000);
        tasks.add(() -> GATED.matches(PlainText.of(text)).size());
      }
      List<Future<Integer>> results = threads.invokeAll(tasks);
      for (int task = 0; task < results.size(); task++) {
        assertThat(results.get(task).get()).isEqualTo(task % 2 == 0 ? 1 : 0);
      }
    }
  }

  @Test
  void aNameThatIsOnlyLettersOfOtherWordsIsNone() {
    String value = "f15a5a04b0f6dc6073e6db0296e6ef2d8b8d2522";
    assertThat(ids("merakiKey: " + value)).containsExactly("cisco-meraki-api-key");
    assertThat(ids("MERAKI_KEY=" + value)).containsExactly("cisco-meraki-api-key");
    assertThat(ids("CameraKit: " + value)).isEmpty();
    assertThat(ids("caMeraki: " + value)).containsExactly("cisco-meraki-api-key");
    assertThat(ids("global_test: live_" + "f15a5a04b0f6dc6073e6db0296e6ef2d8b8")).isEmpty();
  }

  @Test
  void aTokenOfAnotherLengthOrWithinAWordIsNotTaken() {
    assertThat(ids(WITNESS)).containsExactly("aws-access-token");
    assertThat(ids(WITNESS + "A")).isEmpty();
    assertThat(ids("x" + WITNESS)).isEmpty();
    assertThat(ids("AKIA" + "AAAAAAAAAAAAAAAA")).isEmpty();
  }

  private static List<String> ids(String text) {
    return OPEN.matches(PlainText.of(text)).stream().map(match -> match.rule().id()).toList();
  }
}
