package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SortedNames;
import java.util.SortedSet;

/// What a rule does when it holds.
public sealed interface Action {
  /// A permitted call adds the tag.
  record AddTaint(Label tag) implements Action {}

  /// A completed call takes the tag away.
  record RemoveTaint(Label tag) implements Action {}

  /// Denies if any of `forbidden` is present, or all of a `required` that is not empty.
  record CheckTaint(SortedSet<Label> forbidden, SortedSet<Label> required) implements Action {
    public CheckTaint {
      forbidden = SortedNames.copyOf(forbidden);
      required = SortedNames.copyOf(required);
    }

    boolean closedBy(SortedSet<Label> labels) {
      if (labels.isEmpty()) {
        return false;
      }
      for (Label label : forbidden) {
        if (labels.contains(label)) {
          return true;
        }
      }
      return !required.isEmpty() && labels.containsAll(required);
    }
  }

  /// Denies.
  ///
  /// @param keyword `BLOCK`, `BLOCK_CURRENT` or `BLOCK_SECOND`
  record Block(String keyword) implements Action {}

  /// Denies until a person has approved exactly these arguments.
  record RequireApproval() implements Action {}
}
