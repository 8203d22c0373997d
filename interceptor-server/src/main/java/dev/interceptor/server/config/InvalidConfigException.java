package dev.interceptor.server.config;

import java.util.List;

/// The configuration cannot be used. The message holds every fault, one a line, and no configured
/// value.
public final class InvalidConfigException extends RuntimeException {
  private final List<String> problems;

  InvalidConfigException(List<String> problems) {
    super("the configuration cannot be used:\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
