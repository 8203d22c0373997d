package dev.interceptor.core.policy;

import com.google.re2j.Pattern;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.Collection;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The parts that {@link DirectExpressions} puts together. Each does what CEL's runtime does with
/// the same part, on JSON as it is.
final class Direct {
  /// Loops inside of loops.
  static final int MAX_DEPTH = 4;

  private Direct() {}

  /// A part that gives a value, or null where CEL has an error.
  interface Value {
    @Nullable JsonValue of(Frame frame);
  }

  /// A part that gives a bool.
  interface Answer {
    Truth of(Frame frame);
  }

  /// One evaluation: what it is about, the loops' variables and the iterations so far.
  static final class Frame {
    private final Situation situation;
    private final @Nullable JsonValue[] locals = new @Nullable JsonValue[MAX_DEPTH];
    private int iterations;
    private @Nullable JsonString toolName;

    Frame(Situation situation) {
      this.situation = situation;
    }

    Situation situation() {
      return situation;
    }

    /// Ready for the next expression about the same situation.
    Frame restarted() {
      iterations = 0;
      return this;
    }

    JsonString toolName() {
      JsonString made = toolName;
      if (made == null) {
        made = new JsonString(situation.call().tool().name().value());
        toolName = made;
      }
      return made;
    }

    @Nullable JsonValue local(int depth) {
      return locals[depth];
    }
  }

  static Answer flag(Value value) {
    return frame ->
        value.of(frame) instanceof JsonBoolean truth ? Truth.of(truth.value()) : Truth.FAULT;
  }

  /// `left && right` for `settling` FALSE, `left || right` for TRUE.
  static Answer joined(Answer left, Answer right, Truth settling) {
    return frame -> {
      Truth first = left.of(frame);
      return first == settling ? first : join(first, right.of(frame), settling);
    };
  }

  /// As {@link #joined} where the left side is an argument: one that is there and no bool is an
  /// error that the right side does not settle.
  static Answer joinedToFlag(Value left, Answer right, Truth settling) {
    return frame -> {
      JsonValue value = left.of(frame);
      if (value != null && !(value instanceof JsonBoolean)) {
        return Truth.FAULT;
      }
      Truth first = value instanceof JsonBoolean truth ? Truth.of(truth.value()) : Truth.FAULT;
      return first == settling ? first : join(first, right.of(frame), settling);
    };
  }

  private static Truth join(Truth left, Truth right, Truth settling) {
    return settling == Truth.FALSE ? left.and(right) : left.or(right);
  }

  static Answer not(Answer part) {
    return frame -> part.of(frame).not();
  }

  static Answer choice(Answer condition, Answer then, Answer otherwise) {
    return frame ->
        switch (condition.of(frame)) {
          case TRUE -> then.of(frame);
          case FALSE -> otherwise.of(frame);
          case FAULT -> Truth.FAULT;
        };
  }

  static Answer equal(Value left, Value right) {
    return frame -> {
      JsonValue a = left.of(frame);
      JsonValue b = right.of(frame);
      return a == null || b == null ? Truth.FAULT : Truth.of(a.equals(b));
    };
  }

  /// @param wanted what the sign of the comparison has to be
  static Answer ordered(Value left, Value right, IntPredicate wanted) {
    return frame -> {
      JsonValue a = left.of(frame);
      JsonValue b = right.of(frame);
      if (a instanceof JsonNumber x && b instanceof JsonNumber y) {
        return Truth.of(wanted.test(Double.compare(x.value(), y.value())));
      }
      if (a instanceof JsonString x && b instanceof JsonString y) {
        return Truth.of(wanted.test(x.value().compareTo(y.value())));
      }
      if (a instanceof JsonBoolean x && b instanceof JsonBoolean y) {
        return Truth.of(wanted.test(Boolean.compare(x.value(), y.value())));
      }
      return Truth.FAULT;
    };
  }

  static Answer in(Value element, Value container) {
    return frame -> {
      JsonValue a = element.of(frame);
      JsonValue b = container.of(frame);
      if (a != null && b instanceof JsonArray array) {
        return Truth.of(array.elements().contains(a));
      }
      if (a != null && b instanceof JsonObject object) {
        return Truth.of(a instanceof JsonString name && object.members().containsKey(name.value()));
      }
      return Truth.FAULT;
    };
  }

  /// @param names gives what `nameOf` finds the names in
  static <T> Answer inNames(
      Value element, Function<Situation, Collection<T>> names, Function<T, String> nameOf) {
    return frame -> {
      JsonValue a = element.of(frame);
      if (!(a instanceof JsonString wanted)) {
        return a == null ? Truth.FAULT : Truth.FALSE;
      }
      for (T name : names.apply(frame.situation())) {
        if (nameOf.apply(name).equals(wanted.value())) {
          return Truth.TRUE;
        }
      }
      return Truth.FALSE;
    };
  }

  static Answer onText(Value text, Predicate<String> test) {
    return frame -> {
      try {
        return text.of(frame) instanceof JsonString a
            ? Truth.of(test.test(a.value()))
            : Truth.FAULT;
      } catch (IllegalArgumentException e) {
        return Truth.FAULT;
      }
    };
  }

  static Answer onTexts(Value left, Value right, BiPredicate<String, String> test) {
    return frame -> {
      try {
        return left.of(frame) instanceof JsonString a && right.of(frame) instanceof JsonString b
            ? Truth.of(test.test(a.value(), b.value()))
            : Truth.FAULT;
      } catch (IllegalArgumentException e) {
        return Truth.FAULT;
      }
    };
  }

  static Answer matches(Value text, Pattern pattern) {
    return onText(text, value -> pattern.matcher(value).find());
  }

  static Value mapped(Value text, Function<String, String> function) {
    return frame -> {
      try {
        return text.of(frame) instanceof JsonString a
            ? new JsonString(function.apply(a.value()))
            : null;
      } catch (IllegalArgumentException e) {
        return null;
      }
    };
  }

  static Answer has(Value whole, String name) {
    return frame ->
        whole.of(frame) instanceof JsonObject object
            ? Truth.of(object.members().containsKey(name))
            : Truth.FAULT;
  }

  static Value member(Value whole, String name) {
    return frame ->
        whole.of(frame) instanceof JsonObject object ? object.members().get(name) : null;
  }

  static Value element(Value whole, long index) {
    return frame ->
        whole.of(frame) instanceof JsonArray array && index >= 0 && index < array.elements().size()
            ? array.elements().get((int) index)
            : null;
  }

  static Value size(Value whole) {
    return frame ->
        switch (whole.of(frame)) {
          case JsonString text ->
              new JsonNumber(text.value().codePointCount(0, text.value().length()));
          case JsonArray array -> new JsonNumber(array.elements().size());
          case JsonObject object -> new JsonNumber(object.members().size());
          case null, default -> null;
        };
  }

  /// `range.all(…)` for `settling` FALSE, `range.exists(…)` for TRUE. As CEL's runtime does, an
  /// iteration is counted before it is seen that the last one has settled the answer.
  static Answer loop(Value range, int depth, Answer test, Truth settling) {
    return frame -> {
      JsonValue values = range.of(frame);
      if (values instanceof JsonArray array) {
        return loop(frame, array.elements(), depth, test, settling);
      }
      return values instanceof JsonObject object
          ? loop(
              frame,
              object.members().keySet().stream().<JsonValue>map(JsonString::new).toList(),
              depth,
              test,
              settling)
          : Truth.FAULT;
    };
  }

  private static Truth loop(
      Frame frame, Collection<JsonValue> values, int depth, Answer test, Truth settling) {
    Truth answer = settling.not();
    for (JsonValue value : values) {
      if (++frame.iterations > Expressions.MAX_ITERATIONS) {
        return Truth.FAULT;
      }
      if (answer == settling) {
        return answer;
      }
      frame.locals[depth] = value;
      answer = join(answer, test.of(frame), settling);
    }
    return answer;
  }
}
