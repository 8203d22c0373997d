package dev.interceptor.core.policy;

import java.util.Comparator;

/// What is wrong with a policy text, where, and what to write instead.
///
/// @param line from 1
/// @param column from 1
public record PolicyProblem(String source, int line, int column, String message)
    implements Comparable<PolicyProblem> {
  private static final Comparator<PolicyProblem> BY_PLACE =
      Comparator.comparing(PolicyProblem::source)
          .thenComparingInt(PolicyProblem::line)
          .thenComparingInt(PolicyProblem::column)
          .thenComparing(PolicyProblem::message);

  @Override
  public int compareTo(PolicyProblem other) {
    return BY_PLACE.compare(this, other);
  }

  @Override
  public String toString() {
    return source + ":" + line + ":" + column + ": " + message;
  }
}
