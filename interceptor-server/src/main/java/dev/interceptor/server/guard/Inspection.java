package dev.interceptor.server.guard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// What result rules make of a tool's result.
///
/// @param labels tags that the session carries from now on
/// @param determining the rules that held, in file order
public record Inspection(Delivery delivery, SortedSet<Label> labels, List<RuleId> determining) {
  /// Of a call that has no result.
  public static final Inspection NOTHING = untouched(JsonNodeFactory.instance.objectNode());

  public Inspection {
    determining = List.copyOf(determining);
  }

  static Inspection untouched(ObjectNode result) {
    return new Inspection(new Delivery.Given(result), Collections.emptySortedSet(), List.of());
  }

  /// Whether the caller gets the result.
  public sealed interface Delivery {
    /// @param result as the caller may see it
    record Given(ObjectNode result) implements Delivery {}

    /// @param error the rule's text for the client
    record Withheld(Optional<String> error) implements Delivery {}
  }
}
