package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which entries of the audit log are wanted: those that every condition holds for.
///
/// @param since the earliest wanted
/// @param until the first that is too late
public record AuditFilter(
    Map<Match, String> equal, Optional<Instant> since, Optional<Instant> until, Which which) {
  public static final AuditFilter ALL =
      new AuditFilter(Map.of(), Optional.empty(), Optional.empty(), Which.EVERY);

  private static final Pattern HEX_64 = Pattern.compile("[0-9a-f]{64}");

  /// A column that can be asked for by its value.
  public enum Match {
    KIND,
    ACTION,
    ACTOR,
    CUSTOMER_ID,
    DECISION_ID,
    KEY_ID,
    OUTCOME,
    POLICY_DIGEST,
    REASON,
    REQUEST_ID,
    SESSION_ID,
    TARGET,
    TOOL,
    UPSTREAM,
    JTI;

    /// The column's name, and that of the parameter and the option.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What both sides of a call say together: what was permitted here and what a tool server
  /// reported.
  public enum Which {
    EVERY,
    /// Executions that were reported for a token that no permit on record led to.
    UNPERMITTED,
    /// Permits whose token is over and whose execution nobody has reported.
    UNEXECUTED
  }

  public AuditFilter {
    equal = equal.isEmpty() ? Map.of() : new EnumMap<>(equal);
  }

  /// The same with a condition more.
  ///
  /// @throws IllegalArgumentException if the column cannot have that value, saying what to write
  public AuditFilter with(Match match, String value) {
    require(match, value);
    var more = new EnumMap<Match, String>(Match.class);
    more.putAll(equal);
    more.put(match, value);
    return new AuditFilter(more, since, until, which);
  }

  private static void require(Match match, String value) {
    switch (match) {
      case KIND -> {
        if (Arrays.stream(LogEntry.Kind.values()).noneMatch(kind -> kind.word().equals(value))) {
          throw new IllegalArgumentException(
              "`kind` is unknown: write "
                  + Arrays.stream(LogEntry.Kind.values())
                      .map(LogEntry.Kind::word)
                      .collect(Collectors.joining(", ")));
        }
      }
      case DECISION_ID -> {
        try {
          var _ = UUID.fromString(value);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "`decision_id` is no UUID: write it as an answer shows it", e);
        }
      }
      case POLICY_DIGEST -> {
        if (!HEX_64.matcher(value).matches()) {
          throw new IllegalArgumentException("`policy_digest` is not 64 lower-case hex digits");
        }
      }
      default -> {
        if (value.isEmpty() || value.length() > 200 || value.chars().anyMatch(c -> c == 0)) {
          throw new IllegalArgumentException(
              "`" + match.word() + "` is not 1 to 200 characters long");
        }
      }
    }
  }

  /// @throws IllegalArgumentException saying what to write
  public static Instant instant(String name, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "`" + name + "` is no time: write it as 2026-11-21T00:00:00Z", e);
    }
  }
}
