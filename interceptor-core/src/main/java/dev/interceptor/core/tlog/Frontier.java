package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The right edge of a log's tree: all that is needed to append to it and to tell its root.
///
/// A tree of `size` leaves falls into perfect subtrees, one for each bit of `size` that is set, the
/// largest first; this holds their roots, at most 63. Immutable.
public final class Frontier {
  public static final Frontier EMPTY = new Frontier(0, List.of());

  private final long size;
  private final List<Sha256> roots;

  private Frontier(long size, List<Sha256> roots) {
    this.size = size;
    this.roots = List.copyOf(roots);
  }

  /// @param size number of leaves, not negative
  /// @param bytes what [#toBytes] wrote
  /// @throws IllegalArgumentException if the two do not fit each other
  public static Frontier of(long size, byte[] bytes) {
    if (size < 0 || bytes.length != Long.bitCount(size) * TreeHash.LENGTH) {
      throw new IllegalArgumentException("no frontier of " + size + " leaves");
    }
    var roots = new ArrayList<Sha256>();
    for (int at = 0; at < bytes.length; at += TreeHash.LENGTH) {
      roots.add(Sha256.ofBytes(Arrays.copyOfRange(bytes, at, at + TreeHash.LENGTH)));
    }
    return new Frontier(size, roots);
  }

  /// The tree with one leaf more.
  public Frontier append(Sha256 leaf) {
    var next = new ArrayList<>(roots);
    Sha256 right = leaf;
    for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
      right = TreeHash.node(next.removeLast(), right);
    }
    next.add(right);
    return new Frontier(Math.addExact(size, 1), next);
  }

  /// How many leaves there are.
  public long size() {
    return size;
  }

  /// The Merkle tree hash of all leaves.
  public Sha256 root() {
    if (roots.isEmpty()) {
      return TreeHash.emptyRoot();
    }
    Sha256 root = roots.getLast();
    for (int i = roots.size() - 2; i >= 0; i--) {
      root = TreeHash.node(roots.get(i), root);
    }
    return root;
  }

  /// The subtrees' roots, largest subtree first, 32 bytes each.
  public byte[] toBytes() {
    var bytes = new byte[roots.size() * TreeHash.LENGTH];
    for (int i = 0; i < roots.size(); i++) {
      System.arraycopy(roots.get(i).bytes(), 0, bytes, i * TreeHash.LENGTH, TreeHash.LENGTH);
    }
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frontier that && size == that.size && roots.equals(that.roots);
  }

  @Override
  public int hashCode() {
    return roots.hashCode();
  }

  @Override
  public String toString() {
    return "Frontier[size=" + size + ", root=" + root() + ']';
  }
}
