package dev.interceptor.core.policy;

import dev.cel.runtime.CelRuntime;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolClass;
import java.util.List;
import java.util.Optional;

/// A question about a situation.
sealed interface Condition {
  Truth test(Situation situation);

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
      JsonValue at = arguments;
      for (int i = 0; i < path.size(); i++) {
        JsonValue next = at instanceof JsonObject object ? object.members().get(path.get(i)) : null;
        if (next == null) {
          return false;
        }
        at = next;
      }
      return isWanted(at);
    }

    private boolean isWanted(JsonValue value) {
      if (glob.isPresent()) {
        return value instanceof JsonString string && glob.get().matches(string.value());
      }
      return wanted.equals(value);
    }
  }

  record Expression(String text, CelRuntime.Program program) implements Condition {
    @Override
    public Truth test(Situation situation) {
      return Expressions.evaluate(program, situation);
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
