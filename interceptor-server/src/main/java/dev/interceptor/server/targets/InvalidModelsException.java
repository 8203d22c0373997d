package dev.interceptor.server.targets;

import java.util.List;

/// The file of models cannot be used. The message names every problem and repeats no value.
public final class InvalidModelsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  InvalidModelsException(List<String> problems) {
    super("the models cannot be used:\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
