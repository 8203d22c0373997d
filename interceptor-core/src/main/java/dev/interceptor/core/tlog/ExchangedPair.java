package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Two rows of the log's end that stand in each other's place: where no tile tells which row is
/// wrong, the root does, if exchanging two of them gives it.
///
/// @param first how many places after the start
/// @param second more than `first`
/// @param repaired the log with the two exchanged
record ExchangedPair(int first, int second, Frontier repaired) {
  /// Places that are searched at most; the cost grows with the third power.
  static final int MAX_PLACES = 128;

  /// @param start what precedes the leaves
  /// @param leaves as the rows give them
  static Optional<ExchangedPair> find(Frontier start, List<Sha256> leaves, Sha256 root) {
    if (leaves.size() > MAX_PLACES) {
      return Optional.empty();
    }
    Frontier before = start;
    for (int i = 0; i < leaves.size(); i++) {
      for (int j = i + 1; j < leaves.size(); j++) {
        Frontier repaired = exchanged(before, leaves.subList(i, leaves.size()), j - i);
        if (repaired.root().equals(root)) {
          return Optional.of(new ExchangedPair(i, j, repaired));
        }
      }
      before = before.append(leaves.get(i));
    }
    return Optional.empty();
  }

  /// @param other the leaf that changes places with the first one
  private static Frontier exchanged(Frontier before, List<Sha256> leaves, int other) {
    List<Sha256> order = new ArrayList<>(leaves);
    Collections.swap(order, 0, other);
    Frontier edge = before;
    for (Sha256 leaf : order) {
      edge = edge.append(leaf);
    }
    return edge;
  }
}
