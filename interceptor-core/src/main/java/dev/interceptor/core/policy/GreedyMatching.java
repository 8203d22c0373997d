package dev.interceptor.core.policy;

import java.util.Arrays;
import java.util.List;

/// How Sentinel v1 followed a sequence: it waits for one step at a time and takes the first call
/// that fits. A step that comes later than the distance after the first one starts everything
/// again, and its own call is not looked at as a new first step. A complete match stays complete.
///
/// The progress has one element that is not -1, for the last step taken: the position of the first
/// one, 0 if the sequence has no distance, or {@value #LATE} if the next step, whenever it comes,
/// comes too late.
final class GreedyMatching {
  private static final long LATE = -2;

  private GreedyMatching() {}

  /// Whether the next call is the last step of an incomplete match.
  static boolean completes(Sequence sequence, List<Long> progress, int mask, long position) {
    int awaited = awaited(progress);
    return awaited == sequence.steps().size() - 1
        && (mask & (1 << awaited)) != 0
        && (awaited == 0 || isInTime(sequence, progress.get(awaited - 1), position));
  }

  static List<Long> after(Sequence sequence, List<Long> progress, int mask, long position) {
    int awaited = awaited(progress);
    if ((mask & (1 << awaited)) == 0) {
      return waiting(sequence, progress, awaited, position);
    }
    if (completes(sequence, progress, mask, position)) {
      return sequence.complete();
    }
    if (awaited == 0) {
      return taken(sequence, 0, sequence.isBounded() ? position : 0);
    }
    long first = progress.get(awaited - 1);
    return isInTime(sequence, first, position) ? taken(sequence, awaited, first) : List.of();
  }

  private static List<Long> waiting(
      Sequence sequence, List<Long> progress, int awaited, long position) {
    return awaited == 0
            || progress.get(awaited - 1) == LATE
            || isInTime(sequence, progress.get(awaited - 1), position + 1)
        ? progress
        : taken(sequence, awaited - 1, LATE);
  }

  private static boolean isInTime(Sequence sequence, long first, long position) {
    return first != LATE && sequence.isNear(first, position);
  }

  private static int awaited(List<Long> progress) {
    for (int k = 0; k < progress.size(); k++) {
      if (progress.get(k) != -1) {
        return k + 1;
      }
    }
    return 0;
  }

  private static List<Long> taken(Sequence sequence, int step, long first) {
    Long[] progress = new Long[sequence.steps().size()];
    Arrays.fill(progress, -1L);
    progress[step] = first;
    return List.of(progress);
  }

  static boolean isLate(List<Long> progress) {
    return progress.contains(LATE);
  }
}
