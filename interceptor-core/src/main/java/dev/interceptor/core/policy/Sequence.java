package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;

/// Steps that permitted calls take in order, with anything in between.
///
/// Some choice of calls counts, not the first one that fits. Of all choices for the first k steps
/// only the one that ends last matters, and it can be the one that begins last: by induction, the
/// later a choice may end, the later it can begin, because the step before may then lie later too.
/// Whatever completes another choice in time completes this one. So for every k one beginning (and,
/// for gaps, one end) is kept, and the progress has constant size. {@link GreedyMatching} is
/// Sentinel's way.
///
/// @param key names the progress in a session's state
/// @param index place among the policy's sequences
/// @param maxDistance how many permitted calls the last step may lie after the first one
/// @param maxGap how many permitted calls a step may lie after the one before
record Sequence(
    String key,
    int index,
    List<Selector> steps,
    Reading reading,
    OptionalInt maxDistance,
    OptionalInt maxGap) {
  static final int MAX_STEPS = 16;

  /// Which calls a match is made of.
  enum Reading {
    /// Any; the current call is the last step.
    ENDS_HERE,
    /// Any; an earlier call may have been the last step.
    ANYWHERE,
    /// Always the next one that fits; an earlier call may have been the last step.
    GREEDY
  }

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
    return (maxDistance.isPresent() || maxGap.isPresent()) && steps.size() > 1;
  }

  /// Whether the pattern holds if the next call can be the steps in `mask`.
  boolean holds(List<Long> progress, int mask, long position) {
    if (isComplete(progress)) {
      return true;
    }
    if (reading == Reading.GREEDY) {
      return GreedyMatching.completes(this, progress, mask, position);
    }
    int last = steps.size() - 1;
    if ((mask & (1 << last)) == 0) {
      return false;
    }
    return last == 0 || (!progress.isEmpty() && leadsTo(progress, last - 1, position));
  }

  boolean isComplete(List<Long> progress) {
    return reading != Reading.ENDS_HERE
        && !progress.isEmpty()
        && progress.get(steps.size() - 1) >= 0;
  }

  /// Whether the call at `position` may follow the steps up to k.
  private boolean leadsTo(List<Long> progress, int k, long position) {
    long start = progress.get(k);
    return start >= 0
        && isNear(start, position)
        && (maxGap.isEmpty() || position - progress.get(length() + k) <= maxGap.getAsInt());
  }

  boolean isNear(long start, long position) {
    return maxDistance.isEmpty() || position - start <= maxDistance.getAsInt();
  }

  /// How many steps the furthest match has taken.
  int taken(List<Long> progress) {
    int taken = 0;
    for (int k = 0; k < Math.min(length(), progress.size()); k++) {
      taken = progress.get(k) == -1 ? taken : k + 1;
    }
    return taken;
  }

  /// How many numbers of steps the progress tells apart.
  private int length() {
    return reading == Reading.ENDS_HERE ? steps.size() - 1 : steps.size();
  }

  /// The progress after a permitted call at `position`; empty if nothing can come of it any more.
  List<Long> after(List<Long> progress, int mask, long position) {
    if (isComplete(progress)) {
      return progress;
    }
    if (reading == Reading.GREEDY) {
      return GreedyMatching.after(this, progress, mask, position);
    }
    if (reading == Reading.ANYWHERE && holds(progress, mask, position)) {
      return complete();
    }
    boolean stepsTaken = (mask & ((1 << (steps.size() - 1)) - 1)) != 0;
    if (!stepsTaken && allStillPossible(progress, position)) {
      return progress;
    }
    return stillPossible(extended(progress, mask, position), position);
  }

  /// The starts of the matches that end last, by steps taken, then their ends if gaps matter.
  private long[] extended(List<Long> progress, int mask, long position) {
    int length = length();
    long[] next = new long[maxGap.isPresent() ? 2 * length : length];
    Arrays.fill(next, -1);
    for (int i = 0; i < progress.size(); i++) {
      next[i] = progress.get(i);
    }
    for (int k = steps.size() - 2; k >= 0; k--) {
      if ((mask & (1 << k)) == 0) {
        continue;
      }
      if (k == 0) {
        next[0] = maxDistance.isPresent() ? position : 0;
      } else if (!progress.isEmpty() && leadsTo(progress, k - 1, position)) {
        next[k] = progress.get(k - 1);
      } else {
        continue;
      }
      if (maxGap.isPresent()) {
        next[length + k] = position;
      }
    }
    return next;
  }

  /// The progress that says that all steps were taken.
  List<Long> complete() {
    Long[] starts = new Long[steps.size()];
    Arrays.fill(starts, -1L);
    starts[starts.length - 1] = 0L;
    return List.of(starts);
  }

  private boolean allStillPossible(List<Long> progress, long position) {
    for (int k = 0; k < Math.min(length(), progress.size()); k++) {
      if (progress.get(k) >= 0
          && !isStillPossible(k, progress.get(k), end(progress, k), position)) {
        return false;
      }
    }
    return true;
  }

  private long end(List<Long> progress, int k) {
    return maxGap.isPresent() ? progress.get(length() + k) : 0;
  }

  private boolean isStillPossible(int k, long start, long end, long position) {
    int callsToCome = steps.size() - 1 - k;
    return isNear(start, position + callsToCome)
        && (maxGap.isEmpty() || position + 1 - end <= maxGap.getAsInt());
  }

  private List<Long> stillPossible(long[] next, long position) {
    int length = length();
    boolean live = false;
    for (int k = 0; k < length; k++) {
      long end = maxGap.isPresent() ? next[length + k] : 0;
      if (next[k] >= 0 && isStillPossible(k, next[k], end, position)) {
        live = true;
        continue;
      }
      next[k] = -1;
      if (maxGap.isPresent()) {
        next[length + k] = -1;
      }
    }
    return live ? Arrays.stream(next).boxed().toList() : List.of();
  }

  /// Whether the progress depends on how many calls pass.
  boolean waits(List<Long> progress) {
    return isBounded()
        && !progress.isEmpty()
        && !isComplete(progress)
        && (reading != Reading.GREEDY || !GreedyMatching.isLate(progress));
  }
}
