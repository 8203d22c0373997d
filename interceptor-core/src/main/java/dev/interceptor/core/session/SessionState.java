package dev.interceptor.core.session;

import dev.interceptor.core.tool.ToolClass;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// What one session has touched so far, as policy sees it. Its size depends on the policy and the
/// tools, not on the number of calls.
///
/// @param version counts the changes of this state, from 0; a store refuses to replace a version it
///   did not read
/// @param policy digest of the policy whose sequences `progress` follows, empty for a session
///   without calls; another policy has to follow the session's calls from the log before it can
///   decide (lower-case hex)
/// @param position how many permitted calls the sequences with a distance have seen
/// @param labels the tags the session carries
/// @param tools qualified and bare names of the tools that were permitted
/// @param classes classes of those tools, as they were then
/// @param progress by sequence: element k is the latest position at which a match of the first k+1
///   steps began, -1 for none; always 0 instead of a position where the sequence has no distance or
///   is complete
/// @param counters what the session has used up by counter, for the limits of `policy`: calls or
///   millionths; and, where the policy asks for it, its permitted calls under {@link #CALLS}
public record SessionState(
    long version,
    String policy,
    long position,
    SortedSet<Label> labels,
    SortedSet<String> tools,
    SortedSet<ToolClass> classes,
    Map<String, List<Long>> progress,
    Map<String, Long> counters) {
  /// The counter of permitted calls.
  public static final String CALLS = "calls";

  public static final SessionState NEW =
      new SessionState(
          0,
          "",
          0,
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          Map.of(),
          Map.of());

  public SessionState {
    labels = SortedNames.copyOf(labels);
    tools = SortedNames.copyOf(tools);
    classes = SortedNames.copyOf(classes);
    progress = Map.copyOf(progress);
    counters = Map.copyOf(counters);
  }

  /// This state after a permitted call; this very state if the call leaves nothing new.
  ///
  /// @param permittedBy digest of the policy that permitted it
  /// @param nextPosition `position` of the new state
  /// @param nextProgress `progress` of the new state
  /// @param nextCounters `counters` of the new state
  public SessionState after(
      String permittedBy,
      SortedSet<Label> newLabels,
      SortedSet<String> newTools,
      SortedSet<ToolClass> newClasses,
      long nextPosition,
      Map<String, List<Long>> nextProgress,
      Map<String, Long> nextCounters) {
    SortedSet<Label> allLabels = SortedNames.union(labels, newLabels);
    SortedSet<String> allTools = SortedNames.union(tools, newTools);
    SortedSet<ToolClass> allClasses = SortedNames.union(classes, newClasses);
    boolean same =
        allLabels.size() == labels.size()
            && allTools.size() == tools.size()
            && allClasses.size() == classes.size()
            && nextPosition == position
            && nextProgress.equals(progress)
            && nextCounters.equals(counters);
    return same
        ? this
        : new SessionState(
            version + 1,
            permittedBy,
            nextPosition,
            allLabels,
            allTools,
            allClasses,
            nextProgress,
            nextCounters);
  }

  /// What the session has used up of a limit, in calls or millionths.
  public long used(String counter) {
    return counters.getOrDefault(counter, 0L);
  }

  /// The permitted calls so far, counted only while a policy asks for them.
  public long calls() {
    return used(CALLS);
  }

  /// This state under the next version, carrying at least `present`: for a call that changes
  /// nothing else, but that a removal under way at the same time has to notice.
  public SessionState marked(SortedSet<Label> present) {
    return new SessionState(
        version + 1,
        policy,
        position,
        SortedNames.union(labels, present),
        tools,
        classes,
        progress,
        counters);
  }

  /// This state after a completed call took `removed` away; this very state if it carries none of
  /// them.
  public SessionState without(SortedSet<Label> removed) {
    SortedSet<Label> remaining = new TreeSet<>(labels);
    if (!remaining.removeAll(removed)) {
      return this;
    }
    return new SessionState(
        version + 1, policy, position, remaining, tools, classes, progress, counters);
  }
}
