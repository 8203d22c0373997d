package dev.interceptor.core.policy;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// One entry of `result_rules`: what to do with what a tool returned.
///
/// @param detections the rule holds if any of these is found in the result; empty for every result,
///   which a rule that redacts never is
/// @param error the rule's text for the client of a blocked result
public record ResultRule(
    RuleId id,
    Selector selector,
    SortedSet<Detection> detections,
    ResultAction action,
    Optional<String> error) {

  public ResultRule {
    detections = Collections.unmodifiableSortedSet(new TreeSet<>(detections));
  }

  /// Whether the rule holds for a result in which `found` was found.
  public boolean holds(Set<Detection> found) {
    return detections.isEmpty() || detections.stream().anyMatch(found::contains);
  }
}
