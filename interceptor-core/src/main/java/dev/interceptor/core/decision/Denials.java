package dev.interceptor.core.decision;

import dev.interceptor.core.policy.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Collects what stands against one call: denials, and demands for an approval.
final class Denials {
  private @Nullable ReasonCode reason;
  private Optional<String> message = Optional.empty();
  private List<RuleId> denying = List.of();
  private Optional<String> request = Optional.empty();
  private List<RuleId> approving = List.of();

  void add(ReasonCode why, RuleId rule, Optional<String> error) {
    if (reason == null) {
      reason = why;
      message = error;
      denying = new ArrayList<>();
    }
    denying.add(rule);
  }

  void addApproval(RuleId rule, Optional<String> error) {
    if (approving.isEmpty()) {
      request = error;
      approving = new ArrayList<>();
    }
    approving.add(rule);
  }

  /// The rules that an approval has to satisfy.
  List<RuleId> approving() {
    return approving;
  }

  /// A denial beats a demand for approval; empty if the call may go ahead.
  Optional<Decision> outcome(Optional<ApprovalId> approval) {
    if (reason != null) {
      return Optional.of(new Decision.Deny(reason, denying, message));
    }
    if (!approving.isEmpty() && approval.isEmpty()) {
      return Optional.of(new Decision.RequireApproval(approving, request));
    }
    return Optional.empty();
  }
}
