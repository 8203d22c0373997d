package dev.interceptor.server.approval;

import dev.interceptor.server.background.Rounds;
import java.time.Duration;

/// Ends, in the background, what is past its time, so that no argument stays because nobody looks.
/// Nothing relies on it for a decision: claims and rulings look at the time themselves.
public final class ApprovalExpiry {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private ApprovalExpiry() {}

  public static Rounds start(ApprovalStore approvals) {
    var rounds =
        new Rounds(
            "approval-expiry", INTERVAL, "approvals past their time are ended", approvals::expire);
    rounds.start();
    return rounds;
  }
}
