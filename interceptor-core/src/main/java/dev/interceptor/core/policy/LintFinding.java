package dev.interceptor.core.policy;

import java.util.Comparator;
import java.util.Optional;

/// Something that an author should know about a policy text, with its place.
///
/// @param fix what to write instead, where the message does not say it
public record LintFinding(LintCode code, PolicyProblem problem, Optional<String> fix)
    implements Comparable<LintFinding> {
  private static final Comparator<LintFinding> BY_PLACE =
      Comparator.comparing(LintFinding::problem).thenComparing(LintFinding::code);

  /// How bad a finding is.
  public enum Severity {
    /// The policy does not load.
    ERROR,
    WARNING
  }

  public Severity severity() {
    return code == LintCode.INVALID ? Severity.ERROR : Severity.WARNING;
  }

  @Override
  public int compareTo(LintFinding other) {
    return BY_PLACE.compare(this, other);
  }
}
