package dev.interceptor.core.decision.suite;

import dev.interceptor.core.policy.PolicyProblem;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// Where a text that is written inside of another one (`policy: |`) begins, so that places in it
/// can be given as places in the file that its author has before him.
///
/// @param lines how many lines of the file come before it
/// @param columns by how much its lines are indented
record InlineText(int lines, int columns) {
  /// @param node the text's node
  /// @param file the text of the file
  static InlineText of(Node node, String file) {
    int line = node.getStartMark().map(mark -> mark.getLine()).orElse(0);
    if (node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.LITERAL) {
      int indent =
          file.lines()
              .skip(line + 1L)
              .filter(text -> !text.isBlank())
              .findFirst()
              .map(text -> text.length() - text.stripLeading().length())
              .orElse(0);
      return new InlineText(line + 1, indent);
    }
    return new InlineText(line, node.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0));
  }

  PolicyProblem inTheSuite(PolicyProblem problem) {
    return new PolicyProblem(
        problem.source(), problem.line() + lines, problem.column() + columns, problem.message());
  }
}
