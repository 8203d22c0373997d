package dev.interceptor.benchmarks;

import dev.interceptor.benchmarks.JmhTable.Line;
import java.util.Map;

/// The bars that the specification sets, each against what this run measured.
final class Bars {
  private Bars() {}

  static String markdown(Map<String, Line> lines) {
    StringBuilder text =
        new StringBuilder("\n| bar | measured | wanted | |\n|---|---:|---:|---|\n");
    int empty = text.length();
    Line bare = line(lines, "Token.bareSignature");
    Line mint = line(lines, "Token.mint (provider=bouncycastle)");
    bar(text, "mint / bare signature, p50", mint.p50() / bare.p50(), 1.3);
    bar(text, "mint / bare signature, mean", mint.mean() / bare.mean(), 1.3);
    Line ten = decision(lines, 10, 10);
    bar(text, "decide with 10 rules, p50 µs", ten.p50(), 1);
    bar(text, "decide with 100 rules, p50 µs", decision(lines, 100, 10).p50(), 5);
    bar(text, "decide, bytes for an allow with 10 rules", ten.bytes(), 1024);
    Line expression = line(lines, "Decision.decideByExpression");
    bar(text, "decide by an expression, p50 µs", expression.p50(), 1);
    bar(text, "decide by an expression, bytes for an allow", expression.bytes(), 1024);
    Line limits = line(lines, "Decision.decideByLimits");
    bar(text, "decide by two limits, p50 µs", limits.p50(), 1);
    bar(text, "decide by two limits, bytes for an allow", limits.bytes(), 1024);
    for (int rules : new int[] {1, 10, 100, 1000}) {
      bar(
          text,
          "history of 100,000 calls / of 10, %d rules, p50".formatted(rules),
          decision(lines, rules, 100_000).p50() / decision(lines, rules, 10).p50(),
          1.1);
    }
    return text.length() == empty ? "" : text.toString();
  }

  private static Line decision(Map<String, Line> lines, int rules, int history) {
    return line(lines, "Decision.decide (history=%d, rules=%d)".formatted(history, rules));
  }

  private static Line line(Map<String, Line> lines, String name) {
    return lines.getOrDefault(name, Line.NONE);
  }

  private static void bar(StringBuilder text, String name, double measured, double wanted) {
    if (!Double.isNaN(measured)) {
      String verdict = measured <= wanted ? "met" : "missed";
      text.append("| %s | %.2f | ≤ %s | %s |%n".formatted(name, measured, wanted, verdict));
    }
  }
}
