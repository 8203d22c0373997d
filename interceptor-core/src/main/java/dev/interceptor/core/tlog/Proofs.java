package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Inclusion and consistency proofs: made as in RFC 6962 §2.1.1 and §2.1.2, verified as in RFC 9162
/// §2.1.3.2 and §2.1.4.2. Verifying takes anything and throws nothing.
public final class Proofs {
  private Proofs() {}

  /// The root of a tree of `size` leaves.
  public static Sha256 root(long size, SubtreeHashes hashes) {
    return size == 0 ? TreeHash.emptyRoot() : range(0, size, hashes);
  }

  /// All that is needed to go on from a tree of `size` leaves.
  ///
  /// @throws IllegalArgumentException if `hashes` has too few of them
  public static Frontier frontier(long size, SubtreeHashes hashes) {
    var roots = new ByteArrayOutputStream();
    for (long begin = 0; begin < size; ) {
      long width = Long.highestOneBit(size - begin);
      roots.writeBytes(range(begin, begin + width, hashes).bytes());
      begin += width;
    }
    return Frontier.of(size, roots.toByteArray());
  }

  /// That leaf `index` is in the tree of `size` leaves: from its sibling up.
  ///
  /// @throws IllegalArgumentException unless `0 <= index < size`
  public static List<Sha256> inclusion(long index, long size, SubtreeHashes hashes) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("there is no leaf " + index + " of " + size);
    }
    List<Sha256> path = new ArrayList<>();
    long begin = 0;
    long end = size;
    while (end - begin > 1) {
      long middle = begin + split(end - begin);
      if (index < middle) {
        path.add(range(middle, end, hashes));
        end = middle;
      } else {
        path.add(range(begin, middle, hashes));
        begin = middle;
      }
    }
    return path.reversed();
  }

  /// That the tree of `to` leaves begins with the tree of `from` leaves.
  ///
  /// @throws IllegalArgumentException unless `0 <= from <= to`
  public static List<Sha256> consistency(long from, long to, SubtreeHashes hashes) {
    if (from < 0 || from > to) {
      throw new IllegalArgumentException("no tree of " + from + " leaves precedes one of " + to);
    }
    List<Sha256> proof = new ArrayList<>();
    if (from == 0 || from == to) {
      return proof;
    }
    long begin = 0;
    long end = to;
    while (end != from) {
      long middle = begin + split(end - begin);
      if (from <= middle) {
        proof.add(range(middle, end, hashes));
        end = middle;
      } else {
        proof.add(range(begin, middle, hashes));
        begin = middle;
      }
    }
    if (begin > 0) {
      proof.add(range(begin, end, hashes));
    }
    return proof.reversed();
  }

  /// The root that a leaf and its path lead to.
  ///
  /// @return nothing if the path is not one of leaf `index` in a tree of `size` leaves
  public static Optional<Sha256> rootOf(Sha256 leaf, long index, long size, List<Sha256> path) {
    if (index < 0 || index >= size) {
      return Optional.empty();
    }
    long node = index;
    long last = size - 1;
    Sha256 root = leaf;
    for (Sha256 sibling : path) {
      if (last == 0) {
        return Optional.empty();
      }
      if ((node & 1) == 1 || node == last) {
        root = TreeHash.node(sibling, root);
        int zeros = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
        node >>>= zeros;
        last >>>= zeros;
      } else {
        root = TreeHash.node(root, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 ? Optional.of(root) : Optional.empty();
  }

  /// Whether the proof shows that the tree of `to` leaves begins with the tree of `from` leaves.
  /// The empty tree begins every tree.
  public static boolean isConsistent(
      long from, Sha256 fromRoot, long to, Sha256 toRoot, List<Sha256> proof) {
    if (from < 0 || from > to) {
      return false;
    }
    if (from == to || from == 0) {
      return proof.isEmpty()
          && fromRoot.equals(from == 0 ? TreeHash.emptyRoot() : toRoot)
          && (to > 0 || toRoot.equals(TreeHash.emptyRoot()));
    }
    boolean perfect = Long.bitCount(from) == 1;
    if (!perfect && proof.isEmpty()) {
      return false;
    }
    return walk(
        from,
        fromRoot,
        to,
        toRoot,
        perfect ? fromRoot : proof.getFirst(),
        perfect ? proof : proof.subList(1, proof.size()));
  }

  private static boolean walk(
      long from, Sha256 fromRoot, long to, Sha256 toRoot, Sha256 start, List<Sha256> proof) {
    int ones = Long.numberOfTrailingZeros(~(from - 1));
    long node = (from - 1) >>> ones;
    long last = (to - 1) >>> ones;
    Sha256 old = start;
    Sha256 root = start;
    for (Sha256 sibling : proof) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        old = TreeHash.node(sibling, old);
        root = TreeHash.node(sibling, root);
        int zeros = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
        node >>>= zeros;
        last >>>= zeros;
      } else {
        root = TreeHash.node(root, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && old.equals(fromRoot) && root.equals(toRoot);
  }

  /// The hash over leaves `[begin, end)`, a subtree of some tree of this log.
  private static Sha256 range(long begin, long end, SubtreeHashes hashes) {
    long width = end - begin;
    if (Long.bitCount(width) == 1) {
      int level = Long.numberOfTrailingZeros(width);
      return hashes.root(level, begin >>> level);
    }
    long middle = begin + split(width);
    return TreeHash.node(range(begin, middle, hashes), range(middle, end, hashes));
  }

  /// The largest power of two below `width`, which is at least 2.
  private static long split(long width) {
    return Long.highestOneBit(width - 1);
  }
}
