package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.List;

/// Subtrees from what a store keeps: leaf hashes, and one root for every 256 hashes of a level.
/// Reads at most 128 hashes for one subtree.
public final class TileHashes implements SubtreeHashes {
  /// Hashes of a full tile.
  public static final int WIDTH = 1 << TileHashes.HEIGHT;

  static final int HEIGHT = 8;

  private final Entries entries;

  public TileHashes(Entries entries) {
    this.entries = entries;
  }

  /// The hashes that tiles consist of (C2SP tlog-tiles).
  @FunctionalInterface
  public interface Entries {
    /// @param level 0 for leaf hashes, `n` for the roots of full tiles of level `n - 1`
    /// @param from place of the first one in that level
    /// @param count at most 128, of one tile
    /// @return exactly `count` hashes; with any other number no root is made
    List<Sha256> read(int level, long from, int count);
  }

  /// @throws IllegalArgumentException if there are not all hashes that it takes
  @Override
  public Sha256 root(int level, long index) {
    int inside = level % HEIGHT;
    List<Sha256> hashes = entries.read(level / HEIGHT, index << inside, 1 << inside);
    if (hashes.size() != 1 << inside) {
      throw new IllegalArgumentException("hashes are missing below place " + (index << inside));
    }
    return perfect(hashes);
  }

  /// The root over a power of two of hashes.
  static Sha256 perfect(List<Sha256> hashes) {
    if (hashes.size() == 1) {
      return hashes.getFirst();
    }
    int half = hashes.size() / 2;
    return TreeHash.node(
        perfect(hashes.subList(0, half)), perfect(hashes.subList(half, hashes.size())));
  }
}
