package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;

/// Steps that permitted calls take in order, with anything in between.
///
/// Some choice of calls counts, not the greedy one. For every number of steps taken only the latest
/// possible beginning matters, because it is the nearest: so the progress has constant size.
///
/// @param key names the progress in a session's state
/// @param index place among the policy's sequences
/// @param maxDistance how many permitted calls the last step may lie after the first one
/// @param anywhere whether the match may have been completed by an earlier call
record Sequence(
    String key, int index, List<Selector> steps, OptionalInt maxDistance, boolean anywhere) {
  static final int MAX_STEPS = 16;

  /// Bit k is set if a call of the tool can be step k.
  int stepsOf(ToolRef tool, SortedSet<ToolClass> classes) {
    int mask = 0;
    for (int k = 0; k < steps.size(); k++) {
      if (steps.get(k).matches(tool, classes)) {
        mask |= 1 << k;
      }
    }
    return mask;
  }

  /// Whether positions matter to this sequence.
  boolean isBounded() {
    return maxDistance.isPresent() && steps.size() > 1;
  }

  /// Whether the pattern holds if the next call can be the steps in `mask`.
  boolean holds(List<Long> progress, int mask, long position) {
    if (isComplete(progress)) {
      return true;
    }
    int last = steps.size() - 1;
    if ((mask & (1 << last)) == 0) {
      return false;
    }
    return last == 0 || (!progress.isEmpty() && reaches(progress.get(last - 1), position));
  }

  private boolean isComplete(List<Long> progress) {
    return anywhere && !progress.isEmpty() && progress.getLast() >= 0;
  }

  private boolean reaches(long start, long position) {
    return start >= 0 && (!isBounded() || position - start <= maxDistance.getAsInt());
  }

  /// The progress after a permitted call at `position`; empty if nothing can come of it any more.
  List<Long> after(List<Long> progress, int mask, long position) {
    if (isComplete(progress)) {
      return progress;
    }
    if (anywhere && holds(progress, mask, position)) {
      return complete();
    }
    boolean stepsTaken = (mask & ((1 << (steps.size() - 1)) - 1)) != 0;
    if (!stepsTaken && allStillPossible(progress, position)) {
      return progress;
    }
    int length = anywhere ? steps.size() : steps.size() - 1;
    long[] starts = new long[length];
    Arrays.fill(starts, -1);
    for (int k = 0; k < progress.size(); k++) {
      starts[k] = progress.get(k);
    }
    for (int k = steps.size() - 2; k > 0; k--) {
      if ((mask & (1 << k)) != 0) {
        starts[k] = Math.max(starts[k], starts[k - 1]);
      }
    }
    if (steps.size() > 1 && (mask & 1) != 0) {
      starts[0] = isBounded() ? position : 0;
    }
    return stillPossible(starts, position);
  }

  private List<Long> complete() {
    Long[] starts = new Long[steps.size()];
    Arrays.fill(starts, -1L);
    starts[starts.length - 1] = 0L;
    return List.of(starts);
  }

  private boolean allStillPossible(List<Long> progress, long position) {
    for (int k = 0; k < progress.size(); k++) {
      long start = progress.get(k);
      if (start >= 0 && !reaches(start, position + steps.size() - 1 - k)) {
        return false;
      }
    }
    return true;
  }

  private List<Long> stillPossible(long[] starts, long position) {
    boolean live = false;
    for (int k = 0; k < starts.length; k++) {
      int callsToCome = steps.size() - 1 - k;
      if (starts[k] >= 0 && !reaches(starts[k], position + callsToCome)) {
        starts[k] = -1;
      }
      live |= starts[k] >= 0;
    }
    return live ? Arrays.stream(starts).boxed().toList() : List.of();
  }

  /// Whether the progress depends on how many calls pass.
  boolean waits(List<Long> progress) {
    return isBounded() && !progress.isEmpty() && !isComplete(progress);
  }
}
