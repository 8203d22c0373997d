package dev.interceptor.server.audit;

import dev.interceptor.core.session.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;

/// What became of a permitted call.
///
/// @param removed tags whose removal took effect with this outcome
/// @param upstreamTime how long the tool server took
public record OutcomeRecord(
    String decisionId, Instant at, Status status, SortedSet<Label> removed, Duration upstreamTime) {

  /// How a permitted call ended.
  public enum Status {
    /// The tool answered.
    COMPLETED,
    /// The tool answered that it failed.
    TOOL_ERROR,
    /// The tool server refused the call.
    FAILED,
    /// The call never left.
    NOT_DELIVERED,
    /// No usable answer: the tool may have run.
    UNKNOWN,
    /// The token was handed to the caller, who sends the call itself.
    ISSUED
  }
}
