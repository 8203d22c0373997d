package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What detectors report about one text, up to {@value #MAX} findings.
final class Findings {
  static final int MAX = 10_000;

  private final PlainText text;
  private final List<Finding> found = new ArrayList<>();

  /// @param text what is reported in its context is passed over
  Findings(PlainText text) {
    this.text = text;
  }

  /// @param start index in the plain text
  /// @param end index after the last character in the plain text
  /// @throws BudgetExceededException if there are too many
  void add(Detection kind, int start, int end) {
    addOriginal(kind, text.originalStart(start), text.originalEnd(end - 1));
  }

  /// As `add`, in the original text.
  void addOriginal(Detection kind, int start, int end) {
    if (start < text.offset()) {
      return;
    }
    if (found.size() == MAX) {
      throw new BudgetExceededException("more than " + MAX + " findings in one text");
    }
    found.add(new Finding(kind, start, end));
  }

  /// In the order of the text, each once.
  List<Finding> all() {
    return found.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Finding::start).thenComparing(Finding::kind))
        .toList();
  }
}
