package dev.interceptor.core.policy;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolClass;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A question about a situation.
sealed interface Condition {
  Truth test(Situation situation);

  /// Every expression inside of it.
  default Stream<CompiledExpression> expressions() {
    return switch (this) {
      case All all -> all.parts().stream().flatMap(Condition::expressions);
      case Any any -> any.parts().stream().flatMap(Condition::expressions);
      case Not not -> not.part().expressions();
      case Expression expression -> Stream.of(expression.program());
      case CurrentTool tool -> Stream.empty();
      case CurrentToolClass toolClass -> Stream.empty();
      case SessionHasTool tool -> Stream.empty();
      case SessionHasClass toolClass -> Stream.empty();
      case SessionHasTaint tag -> Stream.empty();
      case ToolArgsMatch match -> Stream.empty();
      case InSequence sequence -> Stream.empty();
      case Compared compared -> Stream.empty();
      case Resource resource -> Stream.empty();
    };
  }

  /// The arguments that the condition may look at, as names of members from the outside in; an
  /// empty path is all arguments together.
  default Stream<List<String>> argumentPaths() {
    return switch (this) {
      case All all -> all.parts().stream().flatMap(Condition::argumentPaths);
      case Any any -> any.parts().stream().flatMap(Condition::argumentPaths);
      case Not not -> not.part().argumentPaths();
      case Expression expression -> expression.program().argumentPaths().stream();
      case ToolArgsMatch match -> match.arguments().stream().map(Argument::path);
      case Compared compared -> compared.comparison().variables().map(List::of);
      case Resource resource -> resource.arguments().stream().map(List::of);
      case CurrentTool tool -> Stream.empty();
      case CurrentToolClass toolClass -> Stream.empty();
      case SessionHasTool tool -> Stream.empty();
      case SessionHasClass toolClass -> Stream.empty();
      case SessionHasTaint tag -> Stream.empty();
      case InSequence sequence -> Stream.empty();
    };
  }

  /// Every part holds; holds without parts.
  record All(List<Condition> parts) implements Condition {
    @Override
    public Truth test(Situation situation) {
      Truth truth = Truth.TRUE;
      for (int i = 0; i < parts.size() && truth != Truth.FALSE; i++) {
        truth = truth.and(parts.get(i).test(situation));
      }
      return truth;
    }
  }

  record Any(List<Condition> parts) implements Condition {
    @Override
    public Truth test(Situation situation) {
      Truth truth = Truth.FALSE;
      for (int i = 0; i < parts.size() && truth != Truth.TRUE; i++) {
        truth = truth.or(parts.get(i).test(situation));
      }
      return truth;
    }
  }

  record Not(Condition part) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return part.test(situation).not();
    }
  }

  record CurrentTool(NamePattern name) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return Truth.of(name.matches(situation.call().tool()));
    }
  }

  record CurrentToolClass(ToolClass toolClass) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return Truth.of(situation.plan().classes().contains(toolClass));
    }
  }

  record SessionHasTool(NamePattern name) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return Truth.of(name.matchesAny(situation.session().tools()));
    }
  }

  record SessionHasClass(ToolClass toolClass) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return Truth.of(situation.session().classes().contains(toolClass));
    }
  }

  record SessionHasTaint(Label tag) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return Truth.of(situation.session().labels().contains(tag));
    }
  }

  /// Every listed argument is present and equal, or matches the glob. Never a fault: an absent
  /// argument does not match.
  record ToolArgsMatch(List<Argument> arguments) implements Condition {
    @Override
    public Truth test(Situation situation) {
      JsonObject values = situation.call().arguments().value();
      for (Argument argument : arguments) {
        if (!argument.matches(values)) {
          return Truth.FALSE;
        }
      }
      return Truth.TRUE;
    }
  }

  /// @param path names of members from the outside in
  /// @param glob present if `wanted` is a string with `*`
  record Argument(List<String> path, JsonValue wanted, Optional<Glob> glob) {
    boolean matches(JsonObject arguments) {
      Optional<JsonValue> found = Paths.find(arguments, path);
      return found.isPresent() && isWanted(found.get());
    }

    private boolean isWanted(JsonValue value) {
      if (glob.isPresent()) {
        return value instanceof JsonString string && glob.get().matches(string.value());
      }
      return wanted.equals(value);
    }
  }

  record Expression(String text, CompiledExpression program) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return program.test(situation);
    }
  }

  /// Two values compare as they should.
  record Compared(Comparison comparison) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return comparison.test(situation.call().arguments().value());
    }
  }

  /// One of the arguments, in some reading, matches `wanted` and none of `earlier`. A fault if not
  /// all readings can be told.
  record Resource(List<String> arguments, Resources.Kind kind, Glob wanted, List<Glob> earlier)
      implements Condition {
    @Override
    public Truth test(Situation situation) {
      JsonObject values = situation.call().arguments().value();
      Truth truth = Truth.FALSE;
      for (String name : arguments) {
        if (values.members().get(name) instanceof JsonString text) {
          truth = truth.or(test(text.value()));
        }
      }
      return truth;
    }

    private Truth test(String text) {
      return Resources.readings(text, kind)
          .map(readings -> Truth.of(readings.stream().anyMatch(this::decides)))
          .orElse(Truth.FAULT);
    }

    private boolean decides(String reading) {
      return wanted.matches(reading) && earlier.stream().noneMatch(glob -> glob.matches(reading));
    }
  }

  /// The session's permitted calls and this one make the sequence.
  record InSequence(Sequence sequence) implements Condition {
    @Override
    public Truth test(Situation situation) {
      var session = situation.session();
      return Truth.of(
          sequence.holds(
              session.progress().getOrDefault(sequence.key(), List.of()),
              situation.plan().stepsOf(sequence),
              session.position() + 1));
    }
  }
}
