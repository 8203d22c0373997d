package dev.interceptor.server.policyswap;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.policy.PolicyText;

/// Policies that can be told apart by any one of their decisions: generation n permits one of two
/// tools and adds the tag `g-n`, and denies the other one by the rule `block-n`.
final class Generations {
  static final String EVEN = "list_customers";
  static final String ODD = "search_mail";

  private Generations() {}

  static String permitted(int generation) {
    return generation % 2 == 0 ? EVEN : ODD;
  }

  static String denied(int generation) {
    return permitted(generation + 1);
  }

  static String tag(int generation) {
    return "g-" + generation;
  }

  static String blockingRule(int generation) {
    return "block-" + generation;
  }

  static String text(String name, int generation) {
    return """
    version: 1
    name: %s
    static_rules: {%s: ALLOW, %s: ALLOW}
    taint_rules:
      - {id: add-%d, tool: %s, action: ADD_TAINT, tag: %s}
      - {id: %s, tool: %s, action: BLOCK}
    """
        .formatted(
            name,
            EVEN,
            ODD,
            generation,
            permitted(generation),
            tag(generation),
            blockingRule(generation),
            denied(generation));
  }

  /// A text that would permit everything, if it were one.
  static String broken(String name) {
    return """
    version: 1
    name: %s
    static_rules: {"*": ALLOW}
    taint_rules:
      - {id: late, tool: send_email, action: BLOK}
    """
        .formatted(name);
  }

  static PolicySet compiled(String name, int generation) {
    return switch (PolicyText.read(text(name, generation), "generation " + generation)) {
      case PolicyText.Reading.Good good -> good.text().policies().getFirst();
      case PolicyText.Reading.Bad bad -> throw new AssertionError(bad.problems().toString());
    };
  }
}
