package dev.interceptor.core.decision;

import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;

/// Policies for tests.
final class Policies {
  private Policies() {}

  static PolicySet parsed(String text, String name) {
    return switch (PolicyParser.parse(text, name)) {
      case PolicyParser.Result.Parsed parsed -> parsed.only();
      case PolicyParser.Result.Rejected rejected ->
          throw new IllegalArgumentException(rejected.problems().toString());
    };
  }
}
