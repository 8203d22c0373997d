package dev.interceptor.server.upstream;

import java.util.Locale;
import java.util.Optional;

/// The severities of MCP's log messages, the least first.
public enum LogLevel {
  DEBUG,
  INFO,
  NOTICE,
  WARNING,
  ERROR,
  CRITICAL,
  ALERT,
  EMERGENCY;

  private final String text = name().toLowerCase(Locale.ROOT);

  /// As it is written on the wire.
  public String text() {
    return text;
  }

  public static Optional<LogLevel> of(String text) {
    for (LogLevel level : values()) {
      if (level.text.equals(text)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }
}
