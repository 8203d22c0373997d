package dev.interceptor.core.decision.suite;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.ReasonCode;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SortedNames;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// One file of `policies/tests`: a policy and the calls of a story, with the whole decision that
/// each of them has to get.
///
/// @param source what problems and reports call the suite, such as its file name
public record DecisionSuite(String source, String description, PolicySet policy, List<Step> steps) {
  public DecisionSuite {
    steps = List.copyOf(steps);
  }

  /// One call of the story and the decision that it has to get.
  public record Step(AskedCall asked, Wanted wanted) {}

  /// A decision without the session's state.
  public sealed interface Wanted {
    /// @param by the rules that made the difference, in file order
    record Permit(List<RuleId> by, SortedSet<Label> add, SortedSet<Label> remove)
        implements Wanted {
      public Permit {
        by = List.copyOf(by);
        add = SortedNames.copyOf(add);
        remove = SortedNames.copyOf(remove);
      }
    }

    /// @param by the rules that made the difference, in file order
    record Deny(ReasonCode reason, List<RuleId> by, Optional<String> message) implements Wanted {
      public Deny {
        by = List.copyOf(by);
      }
    }

    /// What a suite would have to say to want this decision.
    static Wanted of(Decision decision) {
      return switch (decision) {
        case Decision.Permit permit ->
            new Permit(permit.determining(), permit.added(), permit.removed());
        case Decision.Deny deny -> new Deny(deny.reason(), deny.determining(), deny.message());
        case Decision.RequireApproval wait ->
            new Deny(ReasonCode.APPROVAL_REQUIRED, wait.determining(), wait.message());
      };
    }
  }
}
