package dev.interceptor.core.policy;

/// A rule's `id`, or its place in the file (`rule-3`) where it has none; `static` for the static
/// rules.
public record RuleId(String value) {
  /// What stands for the table of static rules.
  public static final RuleId STATIC = new RuleId("static");

  @Override
  public String toString() {
    return value;
  }
}
