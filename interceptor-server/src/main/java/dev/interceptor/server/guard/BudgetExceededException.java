package dev.interceptor.server.guard;

/// A text was too long or held too much to look at all of it.
final class BudgetExceededException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BudgetExceededException(String message) {
    super(message);
  }
}
