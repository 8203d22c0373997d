package dev.interceptor.server.approval;

import java.time.Duration;

/// How long requests and approvals last, and how many may wait.
///
/// @param validFor how long an approval can be used, unless the approver says otherwise
/// @param pendingFor how long a request waits for a person
/// @param maxPending requests of one customer that may wait at once
public record ApprovalTerms(Duration validFor, Duration pendingFor, int maxPending) {
  /// The longest that an approver may make an approval last.
  public static final Duration LONGEST = Duration.ofDays(1);

  public static final ApprovalTerms DEFAULT =
      new ApprovalTerms(Duration.ofMinutes(10), Duration.ofHours(1), 100);
}
