package dev.interceptor.core.session;

import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// A permitted call as the decision log remembers it: facts of that time, whatever the policy says
/// today.
///
/// @param sessionVersion the state's version after the permit
/// @param classes the tool's classes when it was permitted
/// @param added tags that the permit added
/// @param removed tags whose removal took effect because the call completed
/// @param found tags that the call's result brought
/// @param foundVersion the state's version after `found` was added, 0 if nothing was
public record PastCall(
    long sessionVersion,
    ToolRef tool,
    SortedSet<ToolClass> classes,
    SortedSet<Label> added,
    SortedSet<Label> removed,
    SortedSet<Label> found,
    long foundVersion) {
  public PastCall {
    classes = Collections.unmodifiableSortedSet(new TreeSet<>(classes));
    added = Collections.unmodifiableSortedSet(new TreeSet<>(added));
    removed = Collections.unmodifiableSortedSet(new TreeSet<>(removed));
    found = Collections.unmodifiableSortedSet(new TreeSet<>(found));
  }

  /// A call whose result brought no tags.
  public PastCall(
      long sessionVersion,
      ToolRef tool,
      SortedSet<ToolClass> classes,
      SortedSet<Label> added,
      SortedSet<Label> removed) {
    this(sessionVersion, tool, classes, added, removed, Collections.emptySortedSet(), 0);
  }
}
