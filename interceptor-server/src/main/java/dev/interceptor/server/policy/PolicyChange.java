package dev.interceptor.server.policy;

import dev.interceptor.core.identity.CustomerId;
import java.util.List;
import java.util.OptionalInt;

/// Who changes policies, why, and on which conditions.
///
/// @param expected the version that must be in force, 0 for none; only for a single policy
/// @param customers for whom the policy decides from then on; only for a single policy
public record PolicyChange(
    String by, String note, OptionalInt expected, List<CustomerId> customers) {
  private static final int LONGEST = 1000;

  /// @throws IllegalArgumentException saying what to write instead
  public PolicyChange {
    if (note.length() > LONGEST || note.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a note has at most " + LONGEST + " characters, no NUL");
    }
    customers = List.copyOf(customers);
  }

  public PolicyChange(String by, String note) {
    this(by, note, OptionalInt.empty(), List.of());
  }

  /// Whether it speaks of one policy, and so cannot be made with a text that holds several.
  public boolean meansOne() {
    return expected.isPresent() || !customers.isEmpty();
  }
}
