package dev.interceptor.core.reference;

import dev.interceptor.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The words in which both readings hear a call and answer it.
final class Story {
  private Story() {}

  /// @param session which of the customer's sessions it belongs to
  /// @param ip empty if it is not known
  /// @param approved whether a person has approved this very call
  /// @param completes whether the tool server answers without an error, if the call is permitted
  record Call(
      int session,
      String upstream,
      String tool,
      JsonObject args,
      Instant at,
      String ip,
      boolean approved,
      boolean completes) {
    String qualified() {
      return upstream + "__" + tool;
    }
  }

  /// A permitted call, with everything that is ever remembered of it.
  record Past(
      Call call, SortedSet<String> classes, SortedSet<String> added, SortedSet<String> removed) {}

  /// @param reason empty for a permit
  /// @param usesApproval whether the permit needed the approval of the call
  record Answer(
      String reason,
      List<String> determining,
      SortedSet<String> added,
      SortedSet<String> removed,
      boolean usesApproval,
      Optional<String> message) {
    boolean permits() {
      return reason.isEmpty();
    }
  }
}
