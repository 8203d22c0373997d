package dev.interceptor.core.reference;

import java.util.List;
import java.util.function.Function;

/// What a condition comes to. A fault matters only where the other parts leave the answer open.
enum Truth {
  TRUE,
  FALSE,
  FAULT;

  static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }

  static <T> Truth all(List<T> parts, Function<T, Truth> evaluate) {
    List<Truth> answers = parts.stream().map(evaluate).toList();
    return answers.contains(FALSE) ? FALSE : answers.contains(FAULT) ? FAULT : TRUE;
  }

  static <T> Truth any(List<T> parts, Function<T, Truth> evaluate) {
    return all(parts, part -> evaluate.apply(part).negated()).negated();
  }

  Truth negated() {
    return switch (this) {
      case TRUE -> FALSE;
      case FALSE -> TRUE;
      case FAULT -> FAULT;
    };
  }
}
