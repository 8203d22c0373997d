package dev.interceptor.core.policy;

/// What a condition says about a call, where "cannot be told" is an answer of its own (Kleene's
/// three-valued logic): a fault matters only where the other parts leave the question open.
public enum Truth {
  TRUE,
  FALSE,
  /// The condition could not be evaluated: missing argument, wrong type, budget used up.
  FAULT;

  public static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }

  public Truth and(Truth other) {
    if (this == FALSE || other == FALSE) {
      return FALSE;
    }
    return this == FAULT || other == FAULT ? FAULT : TRUE;
  }

  public Truth or(Truth other) {
    return not().and(other.not()).not();
  }

  public Truth not() {
    return switch (this) {
      case TRUE -> FALSE;
      case FALSE -> TRUE;
      case FAULT -> FAULT;
    };
  }
}
