package dev.interceptor.core.decision;

import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionState;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// What the policy says about one call. A denial is a value; not being able to decide is an
/// exception.
public sealed interface Decision {
  /// The rules that made the difference, in file order.
  List<RuleId> determining();

  /// The call may go ahead once `reserved` and the charges are stored and the decision is recorded.
  ///
  /// @param added tags that the session carries from now on, also those it carried before
  /// @param removed tags that leave the session when the call has been completed, never earlier
  /// @param charges what the call uses up of limits; those of the session are in `reserved`
  /// @param approval the approval that this permit uses up, if it needs one
  /// @param reserved the state to store before the call leaves; the very state that was decided on
  ///   if nothing changed
  record Permit(
      List<RuleId> determining,
      SortedSet<Label> added,
      SortedSet<Label> removed,
      List<Charge> charges,
      Optional<ApprovalId> approval,
      SessionState reserved)
      implements Decision {
    public Permit {
      determining = List.copyOf(determining);
      charges = List.copyOf(charges);
    }
  }

  /// The call must not go ahead.
  ///
  /// @param message the rule's own `error` text for the client, where the rule has one
  record Deny(ReasonCode reason, List<RuleId> determining, Optional<String> message)
      implements Decision {
    public Deny {
      determining = List.copyOf(determining);
    }
  }

  /// The call must not go ahead until a person has approved exactly these arguments; nothing else
  /// stands against it.
  ///
  /// @param message the rule's own `error` text for the client, where the rule has one
  record RequireApproval(List<RuleId> determining, Optional<String> message) implements Decision {
    public RequireApproval {
      determining = List.copyOf(determining);
    }
  }
}
