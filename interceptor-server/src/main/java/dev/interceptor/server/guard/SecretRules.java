package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The catalogue of credentials' forms, held against texts: a gate says which rules can find
/// something at all, an automaton where their keywords stand, RE2/J what is there. Immutable.
///
/// The gate decides nothing: without one, or with another, the same is found.
final class SecretRules {
  /// @param start index in the plain text
  /// @param end index after the last character in the plain text
  record Match(SecretRule rule, int start, int end) {}

  private final List<SecretRule> rules;
  private final RuleGate gate;
  private final KeywordAutomaton automaton;
  private final String[] keywords;

  /// The rules of each keyword, by index.
  private final int[][] ruled;

  SecretRules(List<SecretRule> rules, RuleGate gate) {
    this.rules = List.copyOf(rules);
    this.gate = gate;
    Map<String, List<Integer>> byKeyword = new LinkedHashMap<>();
    for (int rule = 0; rule < rules.size(); rule++) {
      for (String keyword : rules.get(rule).keywords()) {
        byKeyword.computeIfAbsent(keyword, _ -> new ArrayList<>()).add(rule);
      }
    }
    this.keywords = byKeyword.keySet().toArray(new String[0]);
    this.ruled =
        byKeyword.values().stream()
            .map(indexes -> indexes.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
    this.automaton = new KeywordAutomaton(List.of(keywords));
  }

  /// The catalogue, behind Hyperscan where its library loads.
  static SecretRules standard() {
    return Standard.RULES;
  }

  private static final class Standard {
    private static final String WITNESS = "key " + "AKIA" + "ABCDEFGHIJ234567";
    static final SecretRules RULES = of(SecretCatalogue.load());

    private static SecretRules of(List<SecretRule> rules) {
      List<String> gates = rules.stream().map(SecretRule::gate).toList();
      return new SecretRules(rules, RuleGate.hyperscan(gates, WITNESS));
    }
  }

  void report(PlainText text, Findings findings) {
    int start = 0;
    int end = -1;
    for (Match match : matches(text)) {
      if (match.start() != start || match.end() != end) {
        findings.add(SECRETS, match.start(), match.end());
      }
      start = match.start();
      end = match.end();
    }
  }

  /// All that is found, in the order of the keywords' ends; two rules may find the same.
  List<Match> matches(PlainText text) {
    if (!gate.opens(text)) {
      return List.of();
    }
    Search search = new Search(text);
    automaton.scan(text, search);
    return search.found;
  }

  /// One text's search. A rule's next match starts after its last one.
  private final class Search implements KeywordAutomaton.Occurrences {
    private final PlainText text;
    private final List<Match> found = new ArrayList<>();
    private final int[] free = new int[rules.size()];

    Search(PlainText text) {
      this.text = text;
      Arrays.fill(free, 0);
    }

    @Override
    public void at(int keyword, int end) {
      int start = end - keywords[keyword].length();
      for (int rule : ruled[keyword]) {
        if (start >= free[rule]) {
          long span = rules.get(rule).find(text, start, end);
          if (span != SecretRule.NOTHING) {
            free[rule] = SecretRule.end(span);
            found.add(new Match(rules.get(rule), SecretRule.start(span), SecretRule.end(span)));
          }
        }
      }
    }
  }
}
