package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// Collects what is wrong with one text.
final class Problems {
  private final String source;
  private final List<PolicyProblem> found = new ArrayList<>();

  Problems(String source) {
    this.source = source;
  }

  void at(Node node, String message) {
    at(node.getStartMark(), message);
  }

  void at(Optional<Mark> mark, String message) {
    int line = mark.map(m -> m.getLine() + 1).orElse(1);
    int column = mark.map(m -> m.getColumn() + 1).orElse(1);
    found.add(new PolicyProblem(source, line, column, message));
  }

  boolean none() {
    return found.isEmpty();
  }

  /// In the order of the text.
  List<PolicyProblem> all() {
    return found.stream().sorted().distinct().toList();
  }
}
