package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// Collects what is wrong with one text, and what is only doubtful.
public final class Problems {
  private final String source;
  private final List<PolicyProblem> found = new ArrayList<>();
  private final List<PolicyProblem> doubtful = new ArrayList<>();

  public Problems(String source) {
    this.source = source;
  }

  public void at(Node node, String message) {
    at(node.getStartMark(), message);
  }

  void at(Optional<Mark> mark, String message) {
    found.add(problem(mark, message));
  }

  /// Something that loads all the same.
  void warn(Node node, String message) {
    doubtful.add(problem(node.getStartMark(), message));
  }

  private PolicyProblem problem(Optional<Mark> mark, String message) {
    int line = mark.map(m -> m.getLine() + 1).orElse(1);
    int column = mark.map(m -> m.getColumn() + 1).orElse(1);
    return new PolicyProblem(source, line, column, message);
  }

  public boolean none() {
    return found.isEmpty();
  }

  /// In the order of the text.
  public List<PolicyProblem> all() {
    return found.stream().sorted().distinct().toList();
  }

  /// In the order of the text.
  List<PolicyProblem> warnings() {
    return doubtful.stream().sorted().distinct().toList();
  }
}
