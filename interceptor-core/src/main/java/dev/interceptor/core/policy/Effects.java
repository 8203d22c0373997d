package dev.interceptor.core.policy;

import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SortedNames;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a permitted call does to the tags of its session, and the rules that say so.
///
/// @param determining the static rules, then those rules in file order
public record Effects(List<RuleId> determining, SortedSet<Label> added, SortedSet<Label> removed) {
  private static final List<RuleId> STATIC_ONLY = List.of(RuleId.STATIC);

  public Effects {
    determining = List.copyOf(determining);
    added = SortedNames.copyOf(added);
    removed = SortedNames.copyOf(removed);
  }

  /// @param rules those that take effect
  static Effects of(List<Rule> rules) {
    var determining = new ArrayList<>(STATIC_ONLY);
    var added = new TreeSet<Label>();
    var removed = new TreeSet<Label>();
    for (Rule rule : rules) {
      switch (rule.action()) {
        case Action.AddTaint add -> added.add(add.tag());
        case Action.RemoveTaint remove -> removed.add(remove.tag());
        case Action.CheckTaint check -> {}
        case Action.Block block -> {}
        case Action.RequireApproval approval -> {}
      }
      determining.add(rule.id());
    }
    return new Effects(determining, added, removed);
  }
}
