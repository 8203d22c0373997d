package dev.interceptor.benchmarks;

import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;

/// Policies of a given size that permit `send_email` and twenty other tools.
final class Policies {
  private static final String HEAD =
      """
      version: 1
      name: benchmark
      tool_classes:
        send_email: [CONSEQUENTIAL_WRITE]
        tool_1: [SENSITIVE_READ]
        tool_2: [UNTRUSTED_READ]
      static_rules:
        send_email: ALLOW
        "tool_*": ALLOW
      taint_rules:
        - {id: seen, tool: tool_3, action: ADD_TAINT, tag: seen}
      """;

  private Policies() {}

  /// @param count rules of each kind in turn, all about `send_email` or its class; one more is
  ///   about another tool, so that sessions carry a tag
  static PolicySet ofRules(int count) {
    StringBuilder text = new StringBuilder(HEAD);
    for (int i = 0; i < count; i++) {
      text.append("  - ").append(rule(i)).append('\n');
    }
    return parse(text.toString());
  }

  /// @param count rules whose conditions are expressions in CEL, of the usual kinds in turn
  static PolicySet ofExpressions(int count) {
    StringBuilder text = new StringBuilder(HEAD);
    for (int i = 0; i < count; i++) {
      text.append("  - {id: rule-" + i + ", tool: send_email, action: BLOCK, when: '")
          .append(expression(i))
          .append("'}\n");
    }
    return parse(text.toString());
  }

  private static String expression(int i) {
    return switch (i % 5) {
      case 0 -> "args.amount > 5000.0 || !(args.priority in [1.0, 2.0])";
      case 1 -> "args.subject.startsWith(\"secret-" + i + "\") && args.internal == true";
      case 2 -> "\"pii-" + i + "\" in session.taints && has(args.cc)";
      case 3 -> "!args.to.all(a, a.endsWith(\"@acme.example\"))";
      default -> "size(args.to) > 5 || tool.name != \"send_email\"";
    };
  }

  static PolicySet ofLimits() {
    return parse(
        HEAD
            + """
            limits:
              - {tool: send_email, sum: args.amount, max: 5000000, per: session}
              - {tool_class: CONSEQUENTIAL_WRITE, max_calls: 1000000, per: day}
            """);
  }

  private static String rule(int i) {
    String selector = i % 5 < 2 ? "tool: send_email" : "tool_class: CONSEQUENTIAL_WRITE";
    String start = "{id: rule-" + i + ", " + selector + ", action: ";
    return start
        + switch (i % 5) {
          case 0 -> "CHECK_TAINT, forbidden_tags: [closed-" + i + "]}";
          case 1 -> "BLOCK, when: {tool_args_match: {subject: \"*secret-" + i + "*\"}}}";
          case 2 -> "CHECK_TAINT, required_tags: [pii-" + i + ", untrusted]}";
          case 3 ->
              "BLOCK, pattern: {type: sequence, max_distance: 50, steps: [{class: SENSITIVE_READ},"
                  + " {class: UNSAFE_EXECUTE}, {class: CONSEQUENTIAL_WRITE}]}}";
          default -> "ADD_TAINT, tag: sent}";
        };
  }

  private static PolicySet parse(String text) {
    return switch (PolicyParser.parse(text, "benchmark.yaml")) {
      case PolicyParser.Result.Parsed parsed -> parsed.only();
      case PolicyParser.Result.Rejected rejected ->
          throw new IllegalStateException("a policy of the benchmark: " + rejected.problems());
    };
  }
}
