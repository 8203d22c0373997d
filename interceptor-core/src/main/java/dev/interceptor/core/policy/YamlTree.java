package dev.interceptor.core.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Text to a YAML tree of bounded size: one document, at most {@value #MAX_CHARS} characters,
/// {@value #MAX_DEPTH} levels and {@value #MAX_NODES} nodes after aliases are expanded.
public final class YamlTree {
  private static final int MAX_CHARS = 512 * 1024;
  private static final int MAX_DEPTH = 48;
  private static final int MAX_NODES = 50_000;

  private final Problems problems;
  private int nodes;

  private YamlTree(Problems problems) {
    this.problems = problems;
  }

  /// Empty if there is a problem.
  public static Optional<Node> of(String text, Problems problems) {
    if (text.length() > MAX_CHARS) {
      problems.at(Optional.empty(), "the text is longer than " + MAX_CHARS + " characters");
      return Optional.empty();
    }
    try {
      return new YamlTree(problems).compose(text);
    } catch (MarkedYamlEngineException e) {
      String problem = oneLine(e.getProblem());
      boolean isOpenQuote = problem.startsWith("found unexpected end of stream");
      problems.at(
          isOpenQuote ? e.getContextMark() : e.getProblemMark().or(e::getContextMark),
          "not YAML: " + explained(problem));
    } catch (YamlEngineException e) {
      problems.at(Optional.empty(), "not YAML: " + oneLine(e.getMessage()));
    }
    return Optional.empty();
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "cannot be read" : text.lines().findFirst().orElse("");
  }

  /// The reader's words, and what to do about it where they do not say it.
  private static String explained(String problem) {
    if (problem.contains("(TAB)")) {
      return "a tab; indent with blanks";
    }
    if (problem.startsWith("found unexpected end of stream")) {
      return "this quote is never closed";
    }
    if (problem.startsWith("but found another document")) {
      return "a second document (`---`); write each policy in a file of its own";
    }
    if (problem.startsWith("found undefined alias")) {
      return problem + "; text that begins with `*` stands in quotes";
    }
    if (problem.startsWith("expected <block end>")) {
      return "this does not go on from the lines above; indent the keys of one object alike, and put"
          + " text that begins with `*`, `&`, `[` or `{` in quotes";
    }
    if (problem.startsWith("expected ',' or")) {
      return problem + "; a comma or a closing bracket is missing before this";
    }
    return problem;
  }

  private Optional<Node> compose(String text) {
    var settings =
        LoadSettings.builder()
            .setLabel("policy")
            .setCodePointLimit(MAX_CHARS)
            .setMaxAliasesForCollections(100)
            .setUseMarks(true)
            .build();
    if (!isFlatEnough(new Parse(settings).parseString(text))) {
      return Optional.empty();
    }
    Optional<Node> root = new Compose(settings).composeString(text);
    if (root.isEmpty()) {
      problems.at(Optional.empty(), "the text is empty");
      return root;
    }
    return isSmallEnough(root.get(), 0) ? root : Optional.empty();
  }

  /// The composer recurses, so depth is counted before it runs.
  private boolean isFlatEnough(Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
        return tooDeep(event.getStartMark());
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
    return true;
  }

  private boolean isSmallEnough(Node node, int depth) {
    if (depth > MAX_DEPTH) {
      return tooDeep(node.getStartMark());
    }
    if (++nodes > MAX_NODES) {
      problems.at(node, "more than " + MAX_NODES + " values once the aliases are expanded");
      return false;
    }
    return switch (node) {
      case MappingNode mapping -> {
        for (NodeTuple tuple : mapping.getValue()) {
          if (!isSmallEnough(tuple.getKeyNode(), depth + 1)
              || !isSmallEnough(tuple.getValueNode(), depth + 1)) {
            yield false;
          }
        }
        yield true;
      }
      case SequenceNode sequence -> {
        for (Node element : sequence.getValue()) {
          if (!isSmallEnough(element, depth + 1)) {
            yield false;
          }
        }
        yield true;
      }
      case ScalarNode scalar -> true;
      case CollectionNode<?> other -> false;
      default -> false;
    };
  }

  private boolean tooDeep(Optional<Mark> mark) {
    problems.at(mark, "nested deeper than " + MAX_DEPTH + " levels");
    return false;
  }
}
