package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;

/// What became of a permitted call.
///
/// @param removed tags whose removal took effect with this outcome
/// @param results what result rules did with the answer
/// @param upstreamTime how long the tool server took
public record OutcomeRecord(
    String decisionId,
    Instant at,
    Status status,
    SortedSet<Label> removed,
    Results results,
    Duration upstreamTime) {
  /// Of a call that no result rule was about.
  public OutcomeRecord(
      String decisionId,
      Instant at,
      Status status,
      SortedSet<Label> removed,
      Duration upstreamTime) {
    this(decisionId, at, status, removed, Results.NONE, upstreamTime);
  }

  /// The outcome's entry. A result that was withheld has the reason RESULT_BLOCKED.
  public LogEntry entry() {
    LogEntry.Builder entry =
        LogEntry.of(LogEntry.Kind.OUTCOME, at)
            .text("decision_id", decisionId)
            .text("outcome", status.word())
            .texts("labels_removed", removed)
            .texts("labels_added", results.added())
            .texts("rules", results.rules())
            .number("session_version", results.sessionVersion())
            .number("upstream_micros", upstreamTime.toNanos() / 1000);
    return switch (results.delivery()) {
      case GIVEN -> entry.build();
      case WITHHELD -> entry.text("reason", ReasonCode.RESULT_BLOCKED.name()).build();
    };
  }

  /// What result rules did with an answer.
  ///
  /// @param rules those that held
  /// @param added tags that they added
  /// @param sessionVersion the state's version after they were added, 0 if none were
  /// @param delivery whether the caller gets the answer
  public record Results(
      List<RuleId> rules, SortedSet<Label> added, long sessionVersion, Delivery delivery) {
    public static final Results NONE =
        new Results(List.of(), Collections.emptySortedSet(), 0, Delivery.GIVEN);

    public Results {
      rules = List.copyOf(rules);
    }
  }

  /// Whether the caller gets the answer.
  public enum Delivery {
    GIVEN,
    WITHHELD
  }

  /// How a permitted call ended.
  public enum Status {
    /// The tool answered.
    COMPLETED,
    /// The tool answered that it failed.
    TOOL_ERROR,
    /// The tool asked for more before it goes on.
    INPUT_REQUIRED,
    /// The tool server refused the call.
    FAILED,
    /// The call never left.
    NOT_DELIVERED,
    /// No usable answer: the tool may have run.
    UNKNOWN,
    /// The token was handed to the caller, who sends the call itself.
    ISSUED;

    /// As in the entry.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
