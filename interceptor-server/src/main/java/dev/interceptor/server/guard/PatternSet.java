package dev.interceptor.server.guard;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.interceptor.core.policy.Detection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Patterns that an operator adds, in RE2 syntax. Immutable.
///
/// *Guarantees*: looking through a text takes time that grows linearly with it, whatever pattern
/// and text are, because a pattern without a longest match, or with too large a program, is
/// refused.
///
/// *Does not*: say that a pattern finds what its author means.
public final class PatternSet {
  /// Longest match of a pattern, in chars.
  public static final int LONGEST_MATCH = 256;

  static final int LONGEST_PATTERN = 1000;

  /// Instructions of the compiled pattern.
  static final int LARGEST_PROGRAM = 600;

  private final List<Pattern> patterns;

  private PatternSet(List<Pattern> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /// @param patterns by name
  /// @throws IllegalArgumentException naming every pattern that is refused, and what to write
  ///   instead
  public static PatternSet compile(Map<String, String> patterns) {
    List<String> problems = new ArrayList<>();
    List<Pattern> compiled = new ArrayList<>();
    patterns.forEach((name, pattern) -> {
      try {
        compiled.add(compiled(pattern));
      } catch (IllegalArgumentException e) {
        problems.add("pattern `" + name + "` " + e.getMessage());
      }
    });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new PatternSet(compiled);
  }

  private static Pattern compiled(String text) {
    require(
        text.length() <= LONGEST_PATTERN,
        "is longer than " + LONGEST_PATTERN + " characters; write several");
    Pattern pattern = parsed(text);
    long longest = PatternLength.longestMatch(text);
    require(
        longest != PatternLength.UNBOUNDED,
        "has no longest match; write a count such as {1,64} instead of *, + and {1,}");
    require(
        longest <= LONGEST_MATCH,
        "may match more than " + LONGEST_MATCH + " characters; write smaller counts");
    require(
        pattern.programSize() <= LARGEST_PROGRAM,
        "is too large when its counts are written out; write smaller counts");
    require(
        !pattern.matcher("").matches(),
        "matches the empty text; write what has to be there, {1,8} instead of {0,8}");
    return pattern;
  }

  private static Pattern parsed(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "is not in RE2 syntax: "
              + e.getDescription()
              + "; back references and look-around do not exist there",
          e);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /// @param kind what the findings are reported as
  /// @return in the order of the text; they may overlap
  /// @throws BudgetExceededException if there are more than {@value Findings#MAX}
  List<Finding> find(String text, Detection kind) {
    List<Finding> found = new ArrayList<>();
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        if (found.size() == Findings.MAX) {
          throw new BudgetExceededException("more than " + Findings.MAX + " findings in one text");
        }
        if (matcher.end() > matcher.start()) {
          found.add(new Finding(kind, matcher.start(), matcher.end()));
        }
      }
    }
    found.sort(Comparator.comparingInt(Finding::start));
    return found;
  }
}
