package dev.interceptor.core.policy;

import dev.interceptor.core.session.SessionState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How far a session has come in a policy's sequences.
///
/// @param position permitted calls that were counted, see {@link SessionState#position()}
/// @param bySequence see {@link SessionState#progress()}
public record Progress(long position, Map<String, List<Long>> bySequence) {

  /// @param masks for every sequence, the steps that the permitted call can be
  static Progress after(SessionState session, List<Sequence> sequences, int[] masks) {
    Map<String, List<Long>> before = session.progress();
    if (!counts(before, sequences, masks)) {
      return follow(session.position(), before, sequences, masks);
    }
    return follow(session.position() + 1, before, sequences, masks);
  }

  /// Calls are counted only while some sequence with a distance is under way.
  private static boolean counts(
      Map<String, List<Long>> before, List<Sequence> sequences, int[] masks) {
    for (Sequence sequence : sequences) {
      if (sequence.isBounded()) {
        List<Long> progress = before.getOrDefault(sequence.key(), List.of());
        boolean complete = !progress.isEmpty() && !sequence.waits(progress);
        boolean begins = (masks[sequence.index()] & 1) != 0;
        if (!complete && (begins || !progress.isEmpty())) {
          return true;
        }
      }
    }
    return false;
  }

  private static Progress follow(
      long position, Map<String, List<Long>> before, List<Sequence> sequences, int[] masks) {
    Map<String, List<Long>> changed = Map.of();
    boolean isChanged = false;
    for (Sequence sequence : sequences) {
      List<Long> old = before.getOrDefault(sequence.key(), List.of());
      int mask = masks[sequence.index()];
      List<Long> next =
          mask == 0 && !sequence.waits(old) ? old : sequence.after(old, mask, position);
      if (!next.equals(old)) {
        changed = with(isChanged ? changed : new HashMap<>(before), sequence.key(), next);
        isChanged = true;
      }
    }
    return new Progress(position, isChanged ? changed : before);
  }

  /// Writes into `progress`; an empty list stands for no entry.
  private static Map<String, List<Long>> with(
      Map<String, List<Long>> progress, String sequence, List<Long> next) {
    if (next.isEmpty()) {
      progress.remove(sequence);
    } else {
      progress.put(sequence, next);
    }
    return progress;
  }
}
