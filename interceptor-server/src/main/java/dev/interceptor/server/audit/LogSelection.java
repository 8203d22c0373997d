package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import java.time.Instant;
import java.util.Optional;

/// Which entries of the log.
///
/// @param from of this time or later
/// @param to of an earlier time
public record LogSelection(
    Optional<Instant> from, Optional<Instant> to, Optional<LogEntry.Kind> kind) {
  public static final LogSelection ALL =
      new LogSelection(Optional.empty(), Optional.empty(), Optional.empty());
}
