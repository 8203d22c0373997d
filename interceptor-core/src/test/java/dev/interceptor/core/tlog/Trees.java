package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Trees whose leaves are all in memory, hashed as RFC 6962 §2.1 defines it: by recursion, with
/// nothing in common with [Frontier] and [Proofs].
final class Trees {
  private Trees() {}

  /// Leaves of a log of `size` entries, each different.
  static List<Sha256> leaves(int size) {
    List<Sha256> leaves = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      leaves.add(leaf("entry " + i));
    }
    return leaves;
  }

  static Sha256 leaf(String entry) {
    return TreeHash.leaf(entry.getBytes(StandardCharsets.UTF_8));
  }

  static Sha256 root(List<Sha256> leaves) {
    if (leaves.isEmpty()) {
      return TreeHash.emptyRoot();
    }
    if (leaves.size() == 1) {
      return leaves.getFirst();
    }
    int k = 1;
    while (2 * k < leaves.size()) {
      k *= 2;
    }
    return TreeHash.node(root(leaves.subList(0, k)), root(leaves.subList(k, leaves.size())));
  }

  static Frontier frontier(List<Sha256> leaves) {
    Frontier edge = Frontier.EMPTY;
    for (Sha256 leaf : leaves) {
      edge = edge.append(leaf);
    }
    return edge;
  }

  /// What a store would keep of the log: leaves, and roots of full tiles.
  static SubtreeHashes stored(List<Sha256> leaves) {
    List<List<Sha256>> levels = new ArrayList<>();
    levels.add(leaves);
    while (levels.getLast().size() >= TileHashes.WIDTH) {
      List<Sha256> below = levels.getLast();
      List<Sha256> level = new ArrayList<>();
      for (int i = 0; i + TileHashes.WIDTH <= below.size(); i += TileHashes.WIDTH) {
        level.add(root(below.subList(i, i + TileHashes.WIDTH)));
      }
      levels.add(level);
    }
    return new TileHashes(
        (level, from, count) -> levels.get(level).subList((int) from, (int) from + count));
  }
}
